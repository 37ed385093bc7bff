#!/usr/bin/env bash
# Shared by the cluster's scripts: where things are, and processes that are surely ours.
cache=${WEIR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weir}
bin=$cache/kubernetes/bin
run=${WEIR_CLUSTER_DIR:-/tmp/weir-cluster}
logs=$run/log
pki=$run/pki
cgroups=/sys/fs/cgroup
lan=10.99.0 homes="10.99.0.201 10.99.0.202 10.99.0.203 10.99.0.204 10.99.0.205 10.99.0.206" control=10.99.0.10 services=10.96.0.0/16 dns_ip=10.96.0.10 pods=10.244

say() { printf 'cluster: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

in_switch() { nsenter --net=/run/netns/weir-switch "$@"; }
in_control() { nsenter --net=/run/netns/weir-control "$@"; }
kubectl_here() { in_switch "$bin/kubectl" --kubeconfig "$run/admin.conf" "$@"; }
node_numbers() { local f; for f in "$run"/node*/init.pid; do [ -f "$f" ] && basename "$(dirname "$f")" | tr -dc '0-9\n'; done; true; }

# A pid is reused some day. It is ours when its environment carries the mark that start() gave it.
is_ours() { [ -n "${1:-}" ] && grep -qzx "WEIR_CLUSTER=$run" "/proc/$1/environ" 2>/dev/null; }
is_running() { [ -f "$run/$1.pid" ] && is_ours "$(cat "$run/$1.pid")"; }

# start NAME COMMAND...: a daemon with a log; nothing when it runs already
start() {
  local name=$1; shift
  is_running "$name" && return
  mkdir -p "$(dirname "$run/$name.pid")" "$(dirname "$logs/$name.log")"
  WEIR_CLUSTER=$run setsid nohup "$@" >> "$logs/$name.log" 2>&1 < /dev/null &
  echo $! > "$run/$name.pid"
}
stop() { # NAME [SIGNAL]
  local pid; pid=$(cat "$run/$1.pid" 2>/dev/null) || return 0
  if is_ours "$pid"; then kill "${2:--TERM}" "$pid" 2>/dev/null || true; fi
}

# Some daemons end themselves when their configuration is written again, even with the same content.
write() { cat > "$1.new"; if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi; }

until_true() { # SECONDS WHAT COMMAND...
  local deadline=$((SECONDS + $1)) what=$2; shift 2
  until "$@" > /dev/null 2>&1; do [ $SECONDS -lt $deadline ] || die "$what did not happen in time; logs are in $logs"; sleep .3; done
}
