# Builds the router and the end-to-end programs when a source is newer than the last build. Sourced after java.sh.

router_jar=$weir_home/cascade-router/service/target/quarkus-app/quarkus-run.jar
operator_jar=$weir_home/operator/target/quarkus-app/quarkus-run.jar
e2e_jar=$weir_home/e2e/target/weir-e2e.jar

built() {
  [ -f "$router_jar" ] && [ -f "$e2e_jar" ] || return 1
  [ -z "$(find "$weir_home/pom.xml" "$weir_home/crds/pom.xml" "$weir_home/crds/src" "$weir_home/cascade-router" "$weir_home/e2e/pom.xml" \
    "$weir_home/e2e/src" -name target -prune -o -path '*/src/test' -prune -o -type f -newer "$weir_home/e2e/target/.built" -print 2>/dev/null | head -n 1)" ] &&
    [ -f "$weir_home/e2e/target/.built" ]
}

need_build() {
  need_maven
  built && return 0
  step "building Weir (3 to 6 min from an empty cache, else about half a minute)"
  build_log=$weir_home/e2e/target/build.log
  mkdir -p "$weir_home/e2e/target"
  : >"$weir_home/e2e/target/.building"
  (cd "$weir_home" && "$weir_mvn" -B -q -pl cascade-router/service,e2e -am package -Dmaven.test.skip=true -Dspotless.check.skip) >"$build_log" 2>&1 ||
    { tail -n 25 "$build_log" >&2; die "the build failed; the whole log: $build_log"; }
  # The time of the start: what changed during the build is newer.
  mv "$weir_home/e2e/target/.building" "$weir_home/e2e/target/.built"
}

# The operator too, for clusters.
need_operator() {
  need_maven
  if [ -f "$operator_jar" ] && [ -z "$(find "$weir_home/pom.xml" "$weir_home/crds/pom.xml" "$weir_home/crds/src" "$weir_home/operator/pom.xml" \
    "$weir_home/operator/src" "$weir_home/cascade-router/protocol/src" -path '*/src/test' -prune -o -type f -newer "$operator_jar" -print | head -n 1)" ]; then return 0; fi
  step "building the operator"
  operator_log=$weir_home/e2e/target/operator-build.log
  (cd "$weir_home" && "$weir_mvn" -B -q -pl operator -am package -Dmaven.test.skip=true -Dspotless.check.skip) >"$operator_log" 2>&1 ||
    { tail -n 25 "$operator_log" >&2; die "the build failed; the whole log: $operator_log"; }
}

# For one machine with a few calls: the least memory and processor time for a token.
router_jvm='-XX:+UseSerialGC -Xms64m -Xmx512m'

# Sets quick_start to the options with which this build starts in half the time: the JDK's record of the classes that a start
# loads, made once for a build and JDK by a start that ends at once. Without it the router starts as ever.
need_quick_start() {
  quick_start=
  quick_key=$( (cat "$weir_home/e2e/target/.built" "$JAVA_HOME/release"; find "$router_jar" "$weir_home/e2e/target/.built" -newermt 1970-01-02 -printf '%T@\n') 2>/dev/null | cksum | cut -d' ' -f1)
  quick_cache=$weir_home/e2e/target/router-$quick_key.aot
  if [ ! -f "$quick_cache" ]; then
    step "recording a start of the router, so that it starts in half the time (once for each build, some seconds)"
    rm -f "$weir_home"/e2e/target/router-*.aot
    quick_folder=$(mktemp -d)
    # shellcheck disable=SC2086
    # Nothing listens where it looks for its SFU, and nobody asks it anything.
    if ! env -i PATH="$PATH" LIVEKIT_URL=ws://127.0.0.1:9 LIVEKIT_KEY=rehearsal LIVEKIT_SECRET=rehearsal LIVEKIT_FULL_ACCESS_HOMESERVERS=rehearsal.invalid \
      LIVEKIT_JWT_BIND=127.0.0.1:0 QUARKUS_MANAGEMENT_PORT=0 WEIR_DATA_DIR="$quick_folder" \
      "$JAVA_HOME/bin/java" $router_jvm -Dweir.rehearsal=true -XX:AOTCacheOutput="$quick_cache" -jar "$router_jar" >"$weir_home/e2e/target/rehearsal.log" 2>&1; then
      say "    it could not be recorded (e2e/target/rehearsal.log); the router starts without"
    fi
    rm -rf "$quick_folder"
  fi
  if [ -f "$quick_cache" ]; then quick_start="-XX:AOTCache=$quick_cache"; fi
}
