# ./weir bench. Sourced by ./weir. A benchmark is a main class in a module's test sources; it gets the path of the JSON file to
# write as its first argument, and prints its table.
. "$weir_home/e2e/tools/java.sh"
. "$weir_home/e2e/tools/stack.sh"
. "$weir_home/e2e/tools/build.sh"

# name, module, main class
benches=$(grep -v '^#' "$weir_home/e2e/tools/benches.txt")

if [ $# -eq 0 ]; then
  printf 'Benchmarks (./weir bench NAME):\n'
  printf '%s\n' "$benches" | while read -r name module main _; do
    [ -n "$name" ] && printf '  %-12s %s (%s)\n' "$name" "$main" "$module"
  done
  exit 0
fi
bench_name=$1
shift
bench_line=$(printf '%s\n' "$benches" | awk -v name="$bench_name" '$1 == name')
[ -n "$bench_line" ] || die "no benchmark $bench_name; ./weir bench lists them"
bench_module=$(printf '%s' "$bench_line" | awk '{print $2}')
bench_main=$(printf '%s' "$bench_line" | awk '{print $3}')

need_maven
case $(printf '%s' "$bench_line" | awk '{print $4}') in
  kubernetes)
    . "$weir_home/e2e/tools/nodes.sh"
    need_kubernetes api
    ;;
  stack)
    need_stack
    need_build
    ;;
  *) need_livekit ;;
esac
step "building $bench_module"
mkdir -p "$weir_home/target/bench"
bench_log=$weir_home/target/bench/$bench_name.build.log
bench_class_path=$weir_home/target/bench/$bench_name.class-path
(cd "$weir_home" && "$weir_mvn" -B -q -ntp -pl "$bench_module" -am package -DskipTests -Dspotless.check.skip \
  dependency:3.9.0:build-classpath -Dmdep.outputFile="$bench_class_path" -Dmdep.includeScope=test) >"$bench_log" 2>&1 ||
  { tail -n 15 "$bench_log" >&2; die "the build failed; the whole log: $bench_log"; }
export WEIR_ROUTER_JAR="$router_jar" WEIR_CACHE="$weir_cache"
cd "$weir_home/$bench_module"
exec "$JAVA_HOME/bin/java" --sun-misc-unsafe-memory-access=allow -Dslf4j.internal.verbosity=ERROR -cp "target/test-classes:target/classes:$(cat "$bench_class_path")" \
  "$bench_main" "$weir_home/target/bench/$bench_name.json" "$@"
