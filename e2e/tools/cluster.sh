# ./weir cluster. Sourced by ./weir.
[ -f "$weir_home/e2e/cluster/cluster.sh" ] || die "no cluster script in this checkout"
. "$weir_home/e2e/tools/nodes.sh"
case ${1:-} in
  up) need_nodes ;;
  drill)
    shift
    . "$weir_home/e2e/tools/java.sh"
    . "$weir_home/e2e/tools/stack.sh"
    . "$weir_home/e2e/tools/build.sh"
    need_nodes
    need_stack
    need_build
    need_operator
    export WEIR_ROUTER_JAR="$router_jar" WEIR_CACHE="$weir_cache" weir_mvn JAVA_HOME
    exec bash "$weir_home/e2e/cluster/drill.sh" "$@"
    ;;
esac
exec bash "$weir_home/e2e/cluster/cluster.sh" "$@"
