# What a cluster on this machine needs besides its own binaries. Sourced after common.sh.

need_nodes() {
  [ "$(uname)" = Linux ] || die "a cluster on this machine needs Linux"
  is_root || die "a cluster on this machine needs root, because its nodes are made of namespaces: sudo -E ./weir ..."
  have bash || apt_install "the cluster's scripts" bash
  nodes_missing=$(bash "$weir_home/e2e/cluster/cluster.sh" missing-packages)
  # shellcheck disable=SC2086
  [ -z "$nodes_missing" ] || apt_install "Kubernetes nodes are made of them" $nodes_missing
  if ! have go && [ -x /usr/local/go/bin/go ]; then PATH=$PATH:/usr/local/go/bin; fi
  if ! bash "$weir_home/e2e/cluster/build.sh" --check cluster helm; then
    have go || apt_install "Go builds Kubernetes" golang-go
  fi
}
