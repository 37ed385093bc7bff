#!/usr/bin/env bash
# Everything that an admin or an accident does to a site, under an encrypted call between two sites of a two-node cluster made here; prints what
# the people in the call noticed, and writes it to e2e/target/drills.md. What packages the router and the operator has run before.
#
#   drill.sh [TEST]      TEST: one method of ClusterCallTest, or several as a+b
#
# KEEP=yes leaves the cluster as it is, for the next run or for looking at it.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"
. "$here/stage.sh"

finish() {
  # A drill that failed half-way may have left a node frozen or the API server away.
  [ -n "${KEEP:-}" ] || "$here/cluster.sh" down
}
trap finish EXIT
stage_cluster 2
[ -n "${KEEP:-}" ] || export WEIR_CLUSTER_THROWN_AWAY=yes
cd "$here/../.."
# There is no way out of the cluster's network, so Maven must have everything.
"$here/cluster.sh" exec "${weir_mvn:-mvn}" -o -B -ntp -pl e2e test -Djacoco.skip -Dspotless.check.skip -Dmaven.test.failure.ignore="${weir_test_failure_ignore:-false}" \
  -Dweir.test.tags=drill -Dweir.test.excludedTags= "-Dtest=ClusterCallTest${1:+#$1}" ${WEIR_DRILL_CLIENT:+"-Dweir.drill.client=$WEIR_DRILL_CLIENT"}
