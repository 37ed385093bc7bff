#!/usr/bin/env bash
# Drills a pool of real LiveKit pods on the cluster that runs (cluster.sh up, chart installed): everything that an admin or an accident does to it, one after the
# other. Prints what each took until the pool was whole again. Without clients: the calls' part is measured by the e2e tests.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"
namespace=${NAMESPACE:-weir} pool=${POOL:-main} failed=0
kc() { kubectl_here -n "$namespace" "$@"; }
status() { kc get sfup "$pool" -o jsonpath="$1"; }
condition() { status "{.status.conditions[?(@.type==\"$1\")].status}"; }
whole() { # REPLICAS TAG
  [ "$(status '{.status.observedGeneration}')" = "$(status '{.metadata.generation}')" ] && [ "$(condition Ready)" = True ] && [ "$(condition Draining)" = False ] \
    && [ "$(status '{.status.readyReplicas}')" = "$1" ] && [ "$(status '{.status.replicas}')" = "$1" ] \
    && [ "$(kc get pods -l weir.dev/pool="$pool" -o jsonpath='{range .items[*]}{.spec.containers[0].image}{"\n"}{end}' | grep -c ":$2$")" = "$1" ]
}
step() { # NAME REPLICAS TAG SECONDS COMMAND...
  local name=$1 replicas=$2 tag=$3 limit=$4 begun=$SECONDS; shift 4
  if ! "$@" > "$logs/drill.log" 2>&1; then cat "$logs/drill.log"; fi
  sleep 3
  while ! whole "$replicas" "$tag" 2>/dev/null; do
    [ $((SECONDS - begun)) -lt "$limit" ] || { printf '%-34s FAILED after %s s\n' "$name" "$limit"; kc get pods -o wide; kc get sfup "$pool" -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.message}{"\n"}{end}'; failed=1; return; }
    sleep 1
  done
  printf '%-34s %4s s\n' "$name" $((SECONDS - begun))
}
patch() { kc patch sfup "$pool" --type merge -p "{\"spec\":$1}"; }
kill_component() { kc delete pod -l app.kubernetes.io/component="$1" --grace-period=0 --force --wait=false; }
api_away() { "$here/cluster.sh" api down; sleep "${API_AWAY_SECONDS:-60}"; "$here/cluster.sh" api up; }
drain_node() { local node; node=$(kc get pod "$pool-0" -o jsonpath='{.spec.nodeName}'); kubectl_here cordon "$node"; until [ "$(kc get pod "$pool-0" -o jsonpath='{.spec.nodeName}' 2>/dev/null)" != "$node" ]; do sleep 1; done; kubectl_here uncordon "$node"; }
old_key() { kc get secret "$pool-keys" -o jsonpath='{.data.keys\.yaml}'; }
rotate() { local before; before=$(old_key); patch '{"keys":{"overlap":"1s"}}'; kc annotate sfup "$pool" weir.dev/rotate-keys="$RANDOM" --overwrite
  until [ "$(old_key)" != "$before" ] && [ "$(old_key | base64 -d | wc -l)" = 1 ]; do sleep 1; done; }

limit=${LIMIT:-300}
step "as installed" 2 v1.13.5 "$limit" true
step "roll to another version" 2 v1.13.5-next "$limit" patch '{"version":"v1.13.5-next"}'
step "scale 2 -> 1" 1 v1.13.5-next "$limit" patch '{"replicas":1}'
step "scale 1 -> 2" 2 v1.13.5-next "$limit" patch '{"replicas":2}'
step "drain a Kubernetes node" 2 v1.13.5-next "$limit" drain_node
step "kubectl delete pod" 2 v1.13.5-next "$limit" kc delete pod "$pool-1" --wait=false
step "rotate the API keys" 2 v1.13.5-next "$limit" timeout "$limit" bash -c "$(declare -f old_key rotate patch kc kubectl_here in_switch); bin=$bin run=$run namespace=$namespace pool=$pool; rotate"
step "kill the operator" 2 v1.13.5-next "$limit" kill_component operator
step "kill the router" 2 v1.13.5-next "$limit" kill_component router
step "API server away for ${API_AWAY_SECONDS:-60} s" 2 v1.13.5-next "$limit" api_away
step "roll back" 2 v1.13.5 "$limit" patch '{"version":"v1.13.5"}'
kc get events --field-selector involvedObject.kind=SfuPool -o jsonpath='{range .items[*]}{.reason}{"\n"}{end}' | sort | uniq -c
kc get events -o jsonpath='{range .items[*]}{.reason}{"\n"}{end}' | grep -q DrainDeadlineExceeded && { say "a drain ran into its deadline"; failed=1; }
exit $failed
