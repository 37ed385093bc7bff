#!/usr/bin/env bash
# Packs files and folders into a container image archive, without a container engine: image.sh NAME:TAG OUT.tar ENTRYPOINT USER FILE:/PATH...
# WEIR_ARGUMENTS: the entry point's arguments, as JSON strings with commas.
set -euo pipefail
[ $# -ge 5 ] || { sed -n '2,3p' "$0" >&2; exit 2; }
name=$1 out=$2 entrypoint=$3 user=$4
shift 4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/root" "$work/image"
for pair in "$@"; do
  target=$work/root${pair#*:}
  mkdir -p "$(dirname "$target")"
  cp -aL "${pair%%:*}" "$target"
  [ -d "${pair%%:*}" ] || chmod 0755 "$target"
done
mkdir -p "$work/root/tmp" && chmod 1777 "$work/root/tmp"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$work/root" -cf "$work/image/layer.tar" .
diff=$(sha256sum "$work/image/layer.tar" | cut -d' ' -f1)
printf '{"architecture":"amd64","os":"linux","config":{"Entrypoint":["%s"],"Cmd":[%s],"User":"%s"},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created":"1970-01-01T00:00:00Z"}]}' \
  "$entrypoint" "${WEIR_ARGUMENTS:-}" "$user" "$diff" > "$work/image/config.json"
printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$name" > "$work/image/manifest.json"
tar --sort=name --owner=0 --group=0 --mtime=@0 -C "$work/image" -cf "$out" manifest.json config.json layer.tar
