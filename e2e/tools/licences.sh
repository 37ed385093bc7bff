#!/bin/sh
# Every library that Weir ships must have a licence that lets admins run and redistribute it. Called by ./weir test,
# which sets weir_home and weir_mvn.
set -eu
cd "$weir_home"
list=$weir_home/target/licences/THIRD-PARTY.txt
"$weir_mvn" -B -ntp -q org.codehaus.mojo:license-maven-plugin:2.7.1:aggregate-add-third-party \
  -Dlicense.outputDirectory="$(dirname "$list")" \
  -Dlicense.includedScopes=compile,runtime \
  -Dlicense.excludedGroups='^dev\.weir$' \
  -Dlicense.failOnMissing=true

# One library a line, its licences in brackets before its name; of several the user may choose, so one good one is enough.
# GPL is good only with the class path exception, LGPL because no library is changed.
good='Apache|MIT|BSD|Bouncy Castle|EPL|Eclipse (Public|Distribution)|EDL|MPL|CDDL|CC0|Public Domain|LGPL|CPE|[Cc]lass-?[Pp]ath [Ee]xception'
count=$(grep -c '^ *(' "$list")
[ "$count" -gt 50 ] || { echo "weir: only $count libraries in $list: the list is not complete" >&2; exit 1; }
bad=$(grep '^ *(' "$list" | grep -vE "$good" || true)
if [ -n "$bad" ]; then
  printf 'weir: libraries whose licence is not known to be good:\n%s\n' "$bad" >&2
  exit 1
fi
echo "$count libraries, all with a good licence"
