#!/usr/bin/env bash
# Builds the Kubernetes that Weir's tests run on, from published Go modules: no container engine, no source checkout, no root.
#
#   build.sh [--check] [api|cluster|chart] [COMPONENT...]      --check builds nothing; it only tells by its status whether all is there
#
#   api      etcd kube-apiserver kubectl                      enough for the "API server" tier (the default)
#   cluster  api + the other Kubernetes daemons, CoreDNS, pause   for `./weir cluster up`
#   chart    helm kubeconform                                  for the chart's tests
#
# Result: ${WEIR_CACHE:-~/.cache/weir}/kubernetes/bin, one static binary a component, a stamp NAME.version beside it. What is there with
# the right stamp is skipped. Go's own caches make a second build of the same version quick.
#
# Every component is built from a small module of our own that requires it: `go install k8s.io/kubernetes/...@v1` is refused because that
# module replaces its staging modules by folders. They are published as k8s.io/NAME v0.MINOR.PATCH, so replacing them by those gives the same code.
set -euo pipefail

. "$(dirname "$(readlink -f "$0")")/../versions.env"

bin=${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}/kubernetes/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CGO_ENABLED=0 GOTOOLCHAIN=${GOTOOLCHAIN:-local}
export GOFLAGS="-mod=mod -buildvcs=false ${WEIR_GOFLAGS:-}"

say() { printf 'kubernetes build: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
check=''
[ "${1:-}" != --check ] || { check=yes; shift; }
[ -n "$check" ] || command -v go >/dev/null || die "needs the Go tool chain (1.24 or newer) to build Kubernetes from its modules: install golang"
mkdir -p "$bin"

is_built() { # with --check, what is not there ends the script instead of being built
  if [ -x "$bin/$1" ] && [ "$(cat "$bin/$1.version" 2>/dev/null)" = "$2" ]; then return 0; fi
  [ -z "$check" ] || exit 1
  return 1
}

# wrapper DIR MODULE VERSION: a module that requires MODULE and repeats its replacements with published versions.
wrapper() {
  local dir=$1 module=$2 version=$3 gomod
  mkdir -p "$dir"
  printf 'module weir.dev/build\n' > "$dir/go.mod"
  printf 'package main\n\nfunc main() {}\n' > "$dir/main.go"
  gomod=$(cd "$dir" && go mod download -json "$module@$version" | sed -n 's/^[[:space:]]*"GoMod": "\(.*\)",*$/\1/p')
  [ -n "$gomod" ] || die "cannot download $module@$version"
  {
    printf 'module weir.dev/build\n\n'
    grep -E '^go [0-9]' "$gomod" || echo 'go 1.24'
    printf '\nrequire %s %s\n' "$module" "$version"
    # The dependency's own list, so that the same versions are chosen as in its releases.
    awk '/^require \($/ {inside = 1; next} inside && /^\)/ {inside = 0} inside && NF >= 2 {print "require " $1 " " $2 " // indirect"}' "$gomod"
    sed -n 's/^\(replace \)\{0,1\}[[:space:]]*\(k8s\.io\/[a-z0-9.-]*\) => \.\/staging\/.*$/replace \2 => \2 v0.'"${version#v1.}"'/p' "$gomod"
  } > "$dir/go.mod"
}

# compile DIR PACKAGE NAME VERSION [LINKER FLAGS]
compile() {
  local started=$SECONDS
  say "building $3 $4"
  (cd "$1" && go build -trimpath -ldflags "-s -w ${5:-}" -o "$bin/.$3.partial" "$2") > "$work/$3.log" 2>&1 \
    || { tail -n 30 "$work/$3.log" >&2; die "$3 $4 does not build"; }
  mv "$bin/.$3.partial" "$bin/$3"
  printf %s "$4" > "$bin/$3.version"
  say "built $3 $4 in $((SECONDS - started)) s"
}

kubernetes() {
  is_built "$1" "$KUBERNETES_VERSION" && return
  [ -d "$work/kubernetes" ] || wrapper "$work/kubernetes" k8s.io/kubernetes "$KUBERNETES_VERSION"
  # Unstamped binaries call themselves v0.0.0 and then fail version-skew checks.
  local minor flags='' package
  minor=$(cut -d. -f2 <<< "$KUBERNETES_VERSION")
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$KUBERNETES_VERSION -X $package.gitMajor=1 -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
    flags+=" -X $package.buildDate=1970-01-01T00:00:00Z"
  done
  compile "$work/kubernetes" "k8s.io/kubernetes/cmd/$1" "$1" "$KUBERNETES_VERSION" "$flags"
}

single() { # NAME MODULE VERSION PACKAGE
  is_built "$1" "$3" && return
  wrapper "$work/$1" "$2" "$3"
  compile "$work/$1" "$4" "$1" "$3"
}

coredns() { # the stock main package links every plugin with the SDKs of four clouds; a cluster needs these
  is_built coredns "$COREDNS_VERSION" && return
  local plugin
  wrapper "$work/coredns" github.com/coredns/coredns "$COREDNS_VERSION"
  {
    printf 'package main\n\nimport (\n\t"github.com/coredns/coredns/coremain"\n'
    for plugin in cache errors health kubernetes loadbalance ready reload template; do
      printf '\t_ "github.com/coredns/coredns/plugin/%s"\n' "$plugin"
    done
    printf ')\n\nfunc main() { coremain.Run() }\n'
  } > "$work/coredns/main.go"
  compile "$work/coredns" . coredns "$COREDNS_VERSION"
}

pause() { # pid 1 of every pod sandbox and of every node: reaps orphans until it is told to stop
  is_built pause 1 && return
  mkdir -p "$work/pause"
  printf 'module weir.dev/pause\n\ngo 1.24\n' > "$work/pause/go.mod"
  cat > "$work/pause/main.go" <<'GO'
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for {
			pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
			if pid <= 0 || err != nil {
				break
			}
		}
	}
}
GO
  compile "$work/pause" . pause 1
}

component() {
  case $1 in
    etcd) single etcd go.etcd.io/etcd/server/v3 "$ETCD_VERSION" go.etcd.io/etcd/server/v3 ;;
    kube-apiserver | kube-controller-manager | kube-scheduler | kubelet | kube-proxy | kubectl) kubernetes "$1" ;;
    coredns) coredns ;;
    pause) pause ;;
    helm) single helm helm.sh/helm/v3 "$HELM_VERSION" helm.sh/helm/v3/cmd/helm ;;
    kubeconform) single kubeconform github.com/yannh/kubeconform "$KUBECONFORM_VERSION" github.com/yannh/kubeconform/cmd/kubeconform ;;
    api) for part in etcd kube-apiserver kubectl; do component "$part"; done ;;
    cluster)
      component api
      for part in kube-controller-manager kube-scheduler kubelet kube-proxy coredns pause; do component "$part"; done ;;
    chart) component helm; component kubeconform ;;
    *) die "unknown component $1; see the head of build.sh" ;;
  esac
}

[ $# -gt 0 ] || set -- api
for wanted in "$@"; do component "$wanted"; done
