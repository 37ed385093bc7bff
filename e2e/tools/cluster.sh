# ./weir cluster. Sourced by ./weir.
[ -f "$weir_home/e2e/cluster/cluster.sh" ] || die "no cluster script in this checkout"
exec bash "$weir_home/e2e/cluster/cluster.sh" "$@"
