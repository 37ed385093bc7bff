# ./weir mutate. Sourced by ./weir.
. "$weir_home/e2e/tools/java.sh"
need_maven
mutate_module=${1:-cascade-router/session}
[ -f "$weir_home/$mutate_module/pom.xml" ] || die "no module $mutate_module"
cd "$weir_home"
"$weir_mvn" -B -q -pl "$mutate_module" -am test-compile -Dspotless.check.skip
exec "$weir_mvn" -B -pl "$mutate_module" -am -Dspotless.check.skip test-compile org.pitest:pitest-maven:mutationCoverage
