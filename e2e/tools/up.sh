# ./weir up. Sourced by ./weir.
. "$weir_home/e2e/tools/java.sh"
. "$weir_home/e2e/tools/stack.sh"
. "$weir_home/e2e/tools/build.sh"

case " $* " in
  *" --kubernetes "*)
    . "$weir_home/e2e/tools/nodes.sh"
    need_nodes
    need_operator
    up_program="bash $weir_home/e2e/cluster/up.sh"
    export WEIR_E2E_JAR="$e2e_jar"
    ;;
  *) up_program= ;;
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
# shellcheck disable=SC2086
[ -z "$up_program" ] || exec $up_program "$@"
exec "$JAVA_HOME/bin/java" -XX:+UseSerialGC -Xmx256m --sun-misc-unsafe-memory-access=allow -jar "$e2e_jar" "$@"
