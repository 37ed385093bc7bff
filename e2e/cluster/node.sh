#!/usr/bin/env bash
# One Kubernetes node: namespaces of its own whose first process is `pause`, so that one kill removes the node with all its pods and mounts. Sourced by cluster.sh.

hierarchies() { # cgroup trees in which a node gets a group of its own
  if [ "$(stat -fc %T $cgroups)" = cgroup2fs ]; then echo $cgroups; else awk '$3 == "cgroup" {print $2}' /proc/mounts | grep "^$cgroups/" | sort -u; fi
}
all_hierarchies() { hierarchies; awk '$3 == "cgroup2" {print $2}' /proc/mounts | grep "^$cgroups" | sort -u; }
node_pid() { [ -f "$run/node$1/init.pid" ] || die "there is no node $1"; cat "$run/node$1/init.pid"; }
enter() { # NODE COMMAND...
  local pid; pid=$(node_pid "$1"); shift
  nsenter -t "$pid" -m -u -n -p "$@"
}
start_in() { # NODE NAME COMMAND...: joins the node's namespaces and its freezer group
  local node=$1 name=$2 group=$cgroups/freezer/weir-node$1/daemons/cgroup.procs; shift 2
  [ -e "$group" ] || group=/dev/null
  start "node$node/$name" nsenter -t "$(node_pid "$node")" -m -u -n -p sh -c 'echo 0 > "$0"; exec "$@"' "$group" "$@"
}

boot() { # NODE
  local node=$1 home=$run/node$1 tree value launcher pid='' try
  [ -f "$home/init.pid" ] && is_ours "$(cat "$home/init.pid")" && return
  rm -f "$home"/*.pid
  mkdir -p "$home"/{log,kubelet,cni,net.d,sysctl}
  for tree in $(hierarchies); do mkdir -p "$tree/weir-node$node"; done
  # A group competes with single processes of the machine: without weight, a node with all its pods would get as much time as one compiler.
  for value in $cgroups/cpu/weir-node$node/cpu.shares:20480 $cgroups/weir-node$node/cpu.weight:2000; do
    [ ! -f "${value%:*}" ] || echo "${value#*:}" > "${value%:*}"
  done
  [ ! -d $cgroups/freezer ] || mkdir -p "$cgroups/freezer/weir-node$node/daemons"
  # A new cpuset group is empty, and nothing can run in an empty one.
  [ ! -d $cgroups/cpuset ] || for value in cpus mems; do cat "$cgroups/cpuset/cpuset.$value" > "$cgroups/cpuset/weir-node$node/cpuset.$value"; done
  for value in /run/mount /var/log /var/lib/kubelet /var/lib/cni; do [ -d $value ] || { mkdir -p $value; echo $value >> "$run/made-directories"; }; done
  # The kubelet wants these settings of the kernel, which is the whole machine's: it finds files that hold the wanted values already.
  printf '%s\n' vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000 > "$home/sysctls"
  write "$home/boot.sh" <<SH
set -e
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock
mount --bind $home/log /var/log
mount --bind $home/kubelet /var/lib/kubelet
mount --bind $home/cni /var/lib/cni
mount --make-shared /
while IFS== read -r name value; do
  file=$home/sysctl/\$(echo \$name | tr / .)
  echo \$value > \$file
  [ ! -e /proc/sys/\$name ] || mount --bind \$file /proc/sys/\$name
done < $home/sysctls
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null || true
echo node$node > /proc/sys/kernel/hostname
exec $bin/pause
SH
  WEIR_CLUSTER=$run setsid nohup nsenter --net="/run/netns/weir-node$node" unshare --mount --uts --pid --fork --mount-proc --propagation private \
    sh "$home/boot.sh" > "$logs/node$node-boot.log" 2>&1 < /dev/null &
  launcher=$!
  for try in $(seq 100); do
    pid=$(tr -d ' ' < "/proc/$launcher/task/$launcher/children" 2>/dev/null || true)
    [ -n "$pid" ] && tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null | grep pause > /dev/null && break
    pid=''; sleep .05
  done
  [ -n "$pid" ] || { cat "$logs/node$node-boot.log" >&2; die "node $node does not boot"; }
  echo "$pid" > "$home/init.pid"
}

ctr_on() { local node=$1; shift; ctr -a "$run/node$node/containerd.sock" -n k8s.io "$@"; }
load_on() { # NODE IMAGE.tar...
  local node=$1 image seen; shift
  for image in "$@"; do
    seen=$run/node$node/loaded-$(printf %s "$image" | tr -c 'A-Za-z0-9' _)
    [ "$seen" -nt "$image" ] && continue
    ctr_on "$node" images import "$image" > /dev/null || die "node $node refuses $image"
    touch "$seen"
  done
}
start_containerd() { # NODE
  local node=$1 home=$run/node$1
  write "$home/net.d/10-pods.conflist" <<JSON
{"cniVersion":"0.4.0","name":"pods","plugins":[
 {"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":false,"hairpinMode":true,
  "ipam":{"type":"host-local","dataDir":"$home/addresses","ranges":[[{"subnet":"$pods.$node.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
JSON
  # restrict_oom_score_adj: where a lower score may not be set, guaranteed pods would not start. The opt plugin would make a folder of its own in /opt.
  write "$home/containerd.toml" <<TOML
version = 2
root = "$home/containerd"
state = "$home/containerd-state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
[grpc]
  address = "$home/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNI_BIN:-/usr/lib/cni}"
    conf_dir = "$home/net.d"
TOML
  start_in "$node" containerd "$(command -v containerd)" -c "$home/containerd.toml"
  until_true 30 "containerd of node $node" ctr_on "$node" version
  load_on "$node" "$cache/kubernetes/images/pause.tar" "$cache/kubernetes/images/coredns.tar"
}
start_kubelet() { # NODE
  local node=$1 home=$run/node$1
  certificate "node$node" "/O=system:nodes/CN=system:node:node$node" "subjectAltName=DNS:node$node,IP:$lan.$node"
  kubeconfig "node$node" "node$node"
  echo 'nameserver 127.0.0.1' > "$home/resolv.conf"
  write "$home/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $pki/node$node.crt
tlsPrivateKeyFile: $pki/node$node.key
containerRuntimeEndpoint: unix://$home/containerd.sock
cgroupDriver: cgroupfs
cgroupRoot: /weir-node$node
failCgroupV1: false
failSwapOn: false
clusterDNS: [$dns_ip]
clusterDomain: cluster.local
resolvConf: $home/resolv.conf
volumePluginDir: $home/volume-plugins
healthzBindAddress: 127.0.0.1
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%}
YAML
  write "$home/proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $run/proxy.conf}
clusterCIDR: $pods.0.0/16
hostnameOverride: node$node
mode: iptables
bindAddress: $lan.$node
metricsBindAddress: 127.0.0.1:10249
conntrack: {maxPerCore: 0, min: 0}
YAML
  start_in "$node" kubelet "$bin/kubelet" --config="$home/kubelet.yaml" --kubeconfig="$run/node$node.conf" --hostname-override="node$node" \
    --node-ip="$lan.$node" --root-dir=/var/lib/kubelet --cert-dir="$home/kubelet-pki"
  start_in "$node" proxy "$bin/kube-proxy" --config="$home/proxy.yaml"
}
