# ./weir router. Sourced by ./weir.
. "$weir_home/e2e/tools/java.sh"
. "$weir_home/e2e/tools/build.sh"
need_build
need_quick_start
# shellcheck disable=SC2086
exec "$JAVA_HOME/bin/java" $router_jvm $quick_start -jar "$router_jar" "$@"
