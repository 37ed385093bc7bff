# What a cluster on this machine needs besides its own binaries. Sourced after common.sh.

need_nodes() {
  [ "$(uname)" = Linux ] || die "a cluster on this machine needs Linux"
  is_root || die "a cluster on this machine needs root, because its nodes are made of namespaces: sudo -E ./weir ..."
  have bash || apt_install "the cluster's scripts" bash
  nodes_missing=$(bash "$weir_home/e2e/cluster/cluster.sh" missing-packages)
  # shellcheck disable=SC2086
  [ -z "$nodes_missing" ] || apt_install "Kubernetes nodes are made of them" $nodes_missing
  need_kubernetes cluster helm
}

# need_kubernetes PART...: as e2e/cluster/build.sh names them
need_kubernetes() {
  bash "$weir_home/e2e/cluster/build.sh" --check "$@" && return 0
  if ! have go && [ -x /usr/local/go/bin/go ]; then PATH=$PATH:/usr/local/go/bin; fi
  have go || apt_install "Go builds Kubernetes $KUBERNETES_VERSION from its modules" golang-go
  step "building Kubernetes $KUBERNETES_VERSION from its modules (5 to 15 min from an empty cache)"
  bash "$weir_home/e2e/cluster/build.sh" "$@"
}
