# ./weir up. Sourced by ./weir.
. "$weir_home/e2e/tools/java.sh"
. "$weir_home/e2e/tools/stack.sh"
. "$weir_home/e2e/tools/build.sh"

case " $* " in
  *" --kubernetes "*)
    up_script=$weir_home/e2e/cluster/up.sh
    [ -f "$up_script" ] || die "--kubernetes is not there yet; ./weir up shows the same without a cluster"
    need_build
    exec sh "$up_script" "$@"
    ;;
esac
need_stack
need_build
if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ "$(uname)" != Darwin ]; then
  case " $* " in
    *" --headless "*) ;;
    *) say "weir: no display found, so the browsers are not shown (as with --headless)"; set -- --headless "$@" ;;
  esac
fi
export WEIR_ROUTER_JAR=${WEIR_ROUTER_JAR:-$router_jar}
exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx256m --sun-misc-unsafe-memory-access=allow -jar "$e2e_jar" "$@"
