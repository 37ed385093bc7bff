#!/usr/bin/env bash
# Makes the images that the cluster tier runs, as archives to import: images.sh [livekit] [operator] [router]
#
# The image livekit comes from the LiveKit binary (WEIR_LIVEKIT_SERVER), under two tags so that a roll-out has somewhere to go. operator and router come from their packaged
# folders (target/quarkus-app) and a Java run time cut from the JDK in JAVA_HOME with the C library that it needs: nothing else is in them.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"
repository=$here/../..
out=$cache/kubernetes/images
# Weir's own are this checkout's.
own=$repository/target/images
mkdir -p "$out" "$own"

livekit() {
  local server=${WEIR_LIVEKIT_SERVER:-$(ls "$cache"/livekit/*/bin/livekit-server 2>/dev/null | tail -1)} tag
  [ -x "$server" ] || die "the LiveKit server is missing: set WEIR_LIVEKIT_SERVER"
  for tag in v1.13.5 v1.13.5-next; do
    [ "$out/livekit-$tag.tar" -nt "$server" ] || "$here/image.sh" "localhost/livekit-server:$tag" "$out/livekit-$tag.tar" /livekit-server 65532 \
      "$server:/livekit-server" $(libraries "$server" | sed 's/.*/&:&/')
  done
}

# The shared libraries that programs load, by their paths.
libraries() { ldd "$@" 2>/dev/null | grep -oE '/(lib|usr/lib)[^ :]*' | sort -u || true; }

java_home() { echo "${JAVA_HOME:?set JAVA_HOME to a JDK 25}"; }
runtime() { # the run time and its libraries; says where
  local java=$cache/kubernetes/java-$("$(java_home)/bin/java" --version | sed -n "2s/.*build //p" | tr -cd "0-9.+") library
  [ -x "$java/usr/lib/jvm/bin/java" ] && { echo "$java"; return; }
  rm -rf "$java"
  mkdir -p "$java/usr/lib/jvm"
  "$(java_home)/bin/jlink" --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.naming.dns,jdk.zipfs,jdk.net,jdk.jfr,jdk.localedata \
    --strip-debug --no-man-pages --no-header-files --generate-cds-archive --output "$java/usr/lib/jvm/linked" >&2
  mv "$java/usr/lib/jvm/linked"/* "$java/usr/lib/jvm/"
  rm -rf "$java/usr/lib/jvm/linked"
  for library in $(libraries "$java/usr/lib/jvm/bin/java" "$java/usr/lib/jvm/lib/server/libjvm.so" "$java"/usr/lib/jvm/lib/lib{net,nio,zip,extnet}.so | grep -v jvm/); do
    mkdir -p "$java$(dirname "$library")"
    cp -L "$library" "$java$library"
  done
  echo "$java"
}
quarkus() { # NAME FOLDER
  local app=$repository/$2/target/quarkus-app
  [ -f "$app/quarkus-run.jar" ] || die "$2 is not packaged: run mvn -pl $2 -am package"
  if [ "$own/$1.tar" -nt "$app/quarkus-run.jar" ] && [ "$own/$1.tar" -nt "$here/images.sh" ]; then return; fi
  local java; java=$(runtime)
  WEIR_ARGUMENTS='"-jar","/app/quarkus-run.jar"' "$here/image.sh" "localhost/$1:dev" "$own/$1.tar" /usr/lib/jvm/bin/java 65532 "$java/.:/" "$app/.:/app/"
}

[ $# -gt 0 ] || set -- livekit operator router
for image in "$@"; do
  case $image in
    livekit) livekit ;;
    operator) quarkus weir-operator operator ;;
    router) quarkus weir-router cascade-router/service ;;
    *) die "unknown image $image" ;;
  esac
done
ls "$out"/livekit-*.tar "$own"/*.tar
