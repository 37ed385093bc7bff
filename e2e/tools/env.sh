# ./weir env. Sourced by ./weir.
. "$weir_home/e2e/tools/java.sh"
. "$weir_home/e2e/tools/stack.sh"
. "$weir_home/e2e/tools/build.sh"
need_jdk
need_stack
need_oracle
for name in JAVA_HOME WEIR_LIVEKIT_SERVER WEIR_SYNAPSE_PYTHON WEIR_WEB WEIR_CHROMIUM WEIR_ORACLE_DIR; do
  eval "printf \"export %s='%s'\\n\" $name \"\$$name\""
done
printf "export WEIR_ROUTER_JAR='%s'\n" "$router_jar"
