# ./weir test. Sourced by ./weir. Each tier is one run of Maven or of a script; the reports of all of them are added up.
. "$weir_home/e2e/tools/java.sh"
. "$weir_home/e2e/tools/stack.sh"
. "$weir_home/e2e/tools/build.sh"

all_tiers="build fast checks real browser cluster quiet drill secrets"
# The drills take minutes of a whole machine, and what is timed to seconds needs a quiet one: they are asked for by name.
tiers="build fast checks real browser cluster secrets"
only=
while [ $# -gt 0 ]; do
  case $1 in
    --fast) tiers="build fast checks" ;;
    --only)
      [ $# -gt 1 ] || die "--only needs a tier: $all_tiers"
      case " $all_tiers " in *" $2 "*) ;; *) die "no tier $2; there are: $all_tiers" ;; esac
      only="$only $2"
      shift
      ;;
    *) die "unknown option $1; see ./weir help test" ;;
  esac
  shift
done
[ -z "$only" ] || tiers="build$only"

results=$weir_home/target/weir-test
rm -rf "$results"
mkdir -p "$results"
table=$results/table.txt
passed=0 failed=0 skipped=0

# row TIER STATE SECONDS PASSED FAILED SKIPPED NOTE
row() { printf '%-9s %-8s %5s s  %6s %6s %7s  %s\n' "$@" >>"$table"; }

skip_tier() { row "$1" skipped 0 - - - "$2"; say "    $1 is skipped: $2"; }

# Adds up the surefire reports that the tier left, and puts them aside.
collect() {
  mkdir -p "$results/$1"
  find "$weir_home" -path "$results" -prune -o -path '*/target/surefire-reports/TEST-*.xml' -print | while read -r report; do
    module=$(basename "${report%/target/surefire-reports/*}")
    mv "$report" "$results/$1/$module.$(basename "$report")"
  done
  set -- "$results/$1"/*.xml
  [ -e "$1" ] || { echo "0 0 0"; return 0; }
  # Only the opening tag of each suite counts; its attributes may come in any order.
  awk '/<testsuite /{ t += number("tests"); b += number("failures") + number("errors"); s += number("skipped") }
    function number(name) { if (match($0, " " name "=\"[0-9]+\"")) return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0; return 0 }
    END { printf "%d %d %d\n", t - b - s, b, s }' "$@"
}

# tier NAME command...: runs it with its output in a log, counts, and goes on whatever happens.
tier() {
  tier_name=$1; shift
  step "tier $tier_name"
  tier_log=$results/$tier_name.log
  tier_since=$(date +%s)
  tier_state=passed
  ("$@") >"$tier_log" 2>&1 || tier_state=FAILED
  tier_seconds=$(($(date +%s) - tier_since))
  # shellcheck disable=SC2046
  set -- $(collect "$tier_name")
  tier_failed=$2
  if [ "$tier_failed" -gt 0 ]; then tier_state=FAILED; fi
  if [ $(($1 + $2 + $3)) -eq 0 ]; then
    # What is no test runner still passes or fails, once.
    if [ "$tier_state" = passed ]; then set -- 1 0 0; else set -- 0 1 0; fi
  elif [ "$tier_state" = FAILED ] && [ "$tier_failed" -eq 0 ]; then
    set -- "$1" 1 "$3"
  fi
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  tier_note=
  if [ "$tier_state" = FAILED ]; then
    tier_note="log: $tier_log"
    grep -E '^\[ERROR\] |^weir: ' "$tier_log" | grep -v 'For more information\|re-run Maven\|Re-run Maven\|\[Help' | head -n 60 >&2 || true
    tail -n 5 "$tier_log" >&2
  fi
  row "$tier_name" "$tier_state" "$tier_seconds" "$1" "$2" "$3" "$tier_note"
  say "    $tier_state in $tier_seconds s: $1 passed, $2 failed, $3 skipped"
  [ "$tier_state" = passed ]
}

mvn_here() { cd "$weir_home" && "$weir_mvn" -B -ntp -fae "$@"; }
# Failing tests are counted from the reports; what ends Maven with an error is then something else.
tests_of() { mvn_here -Dmaven.test.failure.ignore=true -Dspotless.check.skip "$@"; }

run_build() {
  mvn_here -q package -Dmaven.test.skip=true -Dspotless.check.skip
  mkdir -p "$weir_home/e2e/target" && touch "$weir_home/e2e/target/.built"
}
run_fast() { tests_of verify; }
run_checks() { mvn_here -q spotless:check && sh "$weir_home/e2e/tools/licences.sh"; }
run_real() { tests_of test -Dweir.test.tags=real -Dweir.test.excludedTags=; }
run_browser() { tests_of test -pl e2e -Dweir.test.tags=browser -Dweir.test.excludedTags=; }
run_cluster() { tests_of test -Dweir.test.tags=cluster -Dweir.test.excludedTags=; }
run_quiet() { tests_of test -Dweir.test.tags=quiet -Dweir.test.excludedTags=; }
run_drill() { weir_test_failure_ignore=true bash "$weir_home/e2e/cluster/drill.sh"; }
run_secrets() { tests_of test -pl e2e -Dweir.test.tags=secrets -Dweir.test.excludedTags=; }

need_maven
test_since=$(date +%s)
wanted() { case " $tiers " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
rm -rf "$weir_home/e2e/target/runs"
find "$weir_home" -path '*/target/surefire-reports' -prune -exec rm -rf {} + 2>/dev/null || true

if wanted real || wanted browser || wanted quiet || wanted drill; then need_stack; fi
if wanted real; then need_oracle; fi
export WEIR_ROUTER_JAR="$router_jar" WEIR_CACHE="$weir_cache" weir_mvn JAVA_HOME

if tier build run_build; then
  if wanted fast; then tier fast run_fast || true; fi
  if wanted checks; then tier checks run_checks || true; fi
  if wanted real; then tier real run_real || true; fi
  if wanted browser; then tier browser run_browser || true; fi
  if wanted cluster; then
    if [ ! -f "$weir_home/e2e/cluster/build.sh" ]; then skip_tier cluster "no cluster tooling in this checkout"
    elif ! have go && [ ! -x /usr/local/go/bin/go ] && ! is_root; then skip_tier cluster "Go is missing: it builds Kubernetes"
    else
      have go || [ -x /usr/local/go/bin/go ] || apt_install "Go builds Kubernetes" golang-go
      have go || PATH=$PATH:/usr/local/go/bin
      step "bringing Kubernetes (several minutes when the cache is empty)"
      cluster_log=$results/cluster-build.log
      if bash "$weir_home/e2e/cluster/build.sh" api chart >"$cluster_log" 2>&1; then
        tier cluster run_cluster || true
      else
        tail -n 15 "$cluster_log" >&2
        failed=$((failed + 1))
        row cluster FAILED 0 0 1 0 "log: $cluster_log"
      fi
    fi
  fi
  if wanted quiet; then tier quiet run_quiet || true; fi
  if wanted drill; then
    if ! is_root; then skip_tier drill "needs root: the nodes of its cluster are made of namespaces"
    elif [ "$(uname)" != Linux ]; then skip_tier drill "needs Linux"
    else
      . "$weir_home/e2e/tools/nodes.sh"
      need_nodes
      tier drill run_drill || true
    fi
  fi
  if wanted secrets; then
    if [ -n "$(find "$weir_home/e2e/target/runs" -name secrets.tsv 2>/dev/null | head -n 1)" ]; then tier secrets run_secrets || true
    else skip_tier secrets "no run left logs to search"; fi
  fi
fi
for name in $all_tiers; do
  wanted "$name" || row "$name" skipped 0 - - - "not asked for$(case $name in quiet | drill) echo ": ./weir test --only $name" ;; esac)"
done

printf '\n%-9s %-8s %7s  %6s %6s %7s\n' tier state time passed failed skipped
cat "$table"
# Why single tests were skipped, each reason once.
find "$results" -name '*.xml' -exec grep -ho '<skipped message="[^"]*"' {} + 2>/dev/null | sort | uniq -c |
  sed 's/^ *\([0-9]*\) <skipped message="/  skipped \1: /; s/"$//' || true
printf 'in all %s s\n\n' "$(($(date +%s) - test_since))"
printf '%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
