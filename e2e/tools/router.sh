# ./weir router. Sourced by ./weir.
. "$weir_home/e2e/tools/java.sh"
. "$weir_home/e2e/tools/build.sh"
need_build
exec "$JAVA_HOME/bin/java" -jar "$router_jar" "$@"
