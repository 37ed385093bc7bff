#!/usr/bin/env bash
# A real Kubernetes on one Linux machine, without a container engine, a service manager or a network: for tests.
#
#   cluster.sh up [NODES]            start it, or what is missing of it, and wait until it works (default: 2 nodes)
#   cluster.sh down                  remove all of it; says what is left, if anything
#   cluster.sh missing-packages      names the Debian packages that are not there yet
#   cluster.sh status                processes, memory, nodes
#   cluster.sh load IMAGE.tar...     import images on every node
#   cluster.sh kubectl|helm ARGS...  run the tool against it
#   cluster.sh exec COMMAND...       run a command where the API, pods and services can be reached, with KUBECONFIG set; what it serves on
#                                    WEIR_CLUSTER_ADDRESSES can be reached by pods
#   cluster.sh node N COMMAND...     run a command inside node N
#   cluster.sh freeze|thaw N         hang node N with all its pods, and wake it
#   cluster.sh partition|heal N      pull node N's cable, and plug it in again
#   cluster.sh api down|up           kill -9 kube-apiserver, and start it again
#   cluster.sh crash NAMESPACE POD   kill -9 the program of a pod, on its node
#
# Needs root, and Debian's containerd runc containernetworking-plugins iptables conntrack openssl. Binaries come from build.sh cluster.
# Everything lives in ${WEIR_CLUSTER_DIR:-/tmp/weir-cluster} and in network namespaces called weir-*; the machine's own network is not touched.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"
. "$here/control-plane.sh"
. "$here/node.sh"

# What the nodes are made of: name of a program, and the Debian package that has it.
packages='containerd:containerd ctr:containerd runc:runc iptables:iptables conntrack:conntrack openssl:openssl ip:iproute2 nsenter:util-linux unshare:util-linux'
missing_packages() {
  local tool
  for tool in $packages; do command -v "${tool%%:*}" > /dev/null || echo "${tool#*:}"; done
  [ -x "${CNI_BIN:-/usr/lib/cni}/bridge" ] || echo containernetworking-plugins
}
need() {
  local tool missing
  [ "$(id -u)" = 0 ] || die "needs root, because nodes are made of namespaces; without root use the API-server tier (build.sh api)"
  missing=$(missing_packages | sort -u | tr '\n' ' ')
  [ -z "$missing" ] || die "please install: apt-get install ${missing% }   (CNI_BIN says where network plug-ins are, if not in /usr/lib/cni)"
  for tool in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl coredns pause; do
    [ -x "$bin/$tool" ] || die "$bin/$tool is missing: run $here/build.sh cluster"
  done
}
images() {
  mkdir -p "$cache/kubernetes/images"
  local name user
  for name in pause:65535 coredns:65532; do
    user=${name#*:} name=${name%:*}
    [ "$cache/kubernetes/images/$name.tar" -nt "$bin/$name" ] || "$here/image.sh" "localhost/$name:1" "$cache/kubernetes/images/$name.tar" "/$name" "$user" "$bin/$name:/$name"
  done
}
ready_nodes() { [ "$(kubectl_here get nodes --no-headers 2>/dev/null | awk '$2 == "Ready"' | wc -l)" = "$1" ]; }

up() {
  local nodes=${1:-2} node begun=$SECONDS
  [[ $nodes =~ ^[1-9]$ ]] || die "the number of nodes is 1 to 9"
  need
  mkdir -p "$logs"
  images; make_switch
  plug control $control
  for node in $(seq "$nodes"); do plug "node$node" $lan.$node; done
  make_routes "$nodes"; make_certificates; start_api
  for node in $(seq "$nodes"); do boot "$node"; start_containerd "$node"; done
  until_true 120 "kube-apiserver" kubectl_here get --raw /readyz
  start_controllers
  for node in $(seq "$nodes"); do start_kubelet "$node"; done
  until_true 120 "readiness of $nodes nodes" ready_nodes "$nodes"
  kubectl_here -n kube-system get deployment coredns > /dev/null 2>&1 || kubectl_here apply --server-side -f "$here/dns.yaml" > /dev/null
  kubectl_here -n kube-system rollout status deployment/coredns --timeout=90s > /dev/null
  say "$nodes nodes and DNS are ready after $((SECONDS - begun)) s; try: $0 kubectl get nodes"
}

down() {
  set +e
  local node name tree left='' process begun=$SECONDS
  # A frozen process cannot be killed.
  for node in $(node_numbers); do [ -e "$cgroups/freezer/weir-node$node/freezer.state" ] && echo THAWED > "$cgroups/freezer/weir-node$node/freezer.state"; done
  for name in controllers scheduler apiserver; do stop $name -KILL; done
  for node in $(node_numbers); do stop "node$node/init" -KILL; done
  stop etcd -KILL
  sleep 1
  for name in $(ip netns | awk '/^weir-(switch|control|node[0-9])/ {print $1}'); do ip netns del "$name"; done
  for tree in $(all_hierarchies); do for name in "$tree"/weir-node*; do [ -d "$name" ] && find "$name" -depth -type d -exec rmdir {} \; 2>/dev/null; done; done
  [ -f "$run/made-directories" ] && tac "$run/made-directories" | xargs -r rmdir --ignore-fail-on-non-empty
  rm -rf --one-file-system "$run"
  for process in /proc/[0-9]*; do is_ours "${process#/proc/}" && left+=" process ${process#/proc/}"; done
  [ -e "$run" ] && left+=" $run"
  say "removed in $((SECONDS - begun)) s${left:+; LEFT:$left}"
  [ -z "$left" ]
}

status() {
  local name pid
  for name in etcd apiserver controllers scheduler $(node_numbers | sed 's/.*/node&\/containerd node&\/kubelet node&\/proxy/'); do
    if is_running "$name"; then
      pid=$(cat "$run/$name.pid")
      printf '%-18s pid %-8s %5d MB\n' "$name" "$pid" "$(awk '/VmRSS/ {print int($2 / 1024)}' "/proc/$pid/status")"
    else
      printf '%-18s not running\n' "$name"
    fi
  done
  kubectl_here get nodes -o wide
}

command=${1:-help}
shift || true
case $command in
  up) up "$@" ;;
  down) down ;;
  status) status ;;
  missing-packages) missing_packages | sort -u ;;
  load) for node in $(node_numbers); do load_on "$node" "$@"; done ;;
  kubectl) kubectl_here "$@" ;;
  helm) KUBECONFIG=$run/admin.conf in_switch "$bin/helm" "$@" ;;
  exec)
    export KUBECONFIG=$run/admin.conf PATH=$bin:$PATH WEIR_CLUSTER_ADDRESSES=$homes WEIR_CLUSTER_SCRIPT=$here/cluster.sh
    export WEIR_HOME=${WEIR_HOME:-$(cd "$here/../.." && pwd)}
    # Signals are for the command.
    exec nsenter --net=/run/netns/weir-switch "$@" ;;
  node) enter "$@" ;;
  freeze) node_pid "${1:-}" > /dev/null; echo FROZEN > "$cgroups/freezer/weir-node$1/freezer.state" ;;
  thaw) node_pid "${1:-}" > /dev/null; echo THAWED > "$cgroups/freezer/weir-node$1/freezer.state" ;;
  crash)
    container=$(kubectl_here -n "$1" get pod "$2" -o jsonpath='{.status.containerStatuses[0].containerID}')
    node=$(kubectl_here -n "$1" get pod "$2" -o jsonpath='{.spec.nodeName}')
    ctr_on "${node#node}" tasks kill --signal SIGKILL "${container#containerd://}" ;;
  partition) ip -n weir-switch link set "to-node$1" down ;;
  heal) ip -n weir-switch link set "to-node$1" up; make_routes "$(node_numbers | wc -l)" ;;
  api) case ${1:-} in down) stop apiserver -KILL ;; up) start_api; until_true 120 kube-apiserver kubectl_here get --raw /readyz ;; *) die "api down, or api up" ;; esac ;;
  *) sed -n '2,19p' "$0" | sed 's/^# \{0,1\}//'; exit 2 ;;
esac
