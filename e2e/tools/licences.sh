#!/bin/sh
# Every library that Weir ships must have a licence that lets admins run and redistribute it. Called by ./weir test,
# which sets weir_home and weir_mvn.
set -eu
cd "$weir_home"
# GPL with the class path exception, LGPL and EPL are fine for libraries that are not changed; plain GPL, AGPL and
# unknown licences are not.
exec "$weir_mvn" -B -ntp -q org.codehaus.mojo:license-maven-plugin:2.7.1:aggregate-add-third-party \
  -Dlicense.outputDirectory="$weir_home/target/licences" \
  -Dlicense.includedScopes=compile,runtime \
  -Dlicense.excludedGroups='^dev\.weir$' \
  -Dlicense.failOnMissing=true \
  -Dlicense.failOnBlacklist=true \
  -Dlicense.excludedLicenses='GNU General Public License|GPL|GPLv2|GPLv3|AGPL|GNU Affero General Public License|SSPL'
