# ./weir clean. Sourced by ./weir.
step "removing what builds and tests made in $weir_home"
find "$weir_home" -type d -name target -not -path '*/src/*' -not -path '*/.git/*' -prune -exec rm -rf {} +
if [ "${1:-}" = --cache ]; then
  step "removing the tools in $weir_cache"
  rm -rf "$weir_cache"
elif [ $# -gt 0 ]; then
  die "unknown option $1; see ./weir help clean"
fi
