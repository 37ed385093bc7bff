#!/usr/bin/env bash
# ./weir up --kubernetes: two sites on a cluster made here, or on the one that runs (cluster.sh up). Called by ./weir with the tools brought.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"
. "$here/stage.sh"

ours=''
finish() {
  [ -z "$ours" ] || "$here/cluster.sh" down
}
trap finish EXIT
if is_running apiserver; then
  say "using the cluster that runs; it stays"
else
  ours=yes
  export WEIR_CLUSTER_THROWN_AWAY=yes
fi
stage_cluster 2
"$here/cluster.sh" exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx256m --sun-misc-unsafe-memory-access=allow -jar "$WEIR_E2E_JAR" "$@" &
call=$!
# Whoever ends this script ends the call first, in order, and then the cluster.
trap 'kill -TERM $call 2>/dev/null || true' INT TERM
status=0
while kill -0 $call 2>/dev/null; do wait $call && status=0 || status=$?; done
exit "$status"
