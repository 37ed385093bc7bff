#!/usr/bin/env bash
# The network, the certificates, etcd and the Kubernetes control plane. Sourced by cluster.sh.

# One namespace is the switch; the control plane and each node hang on it by a cable. The machine's own network gets no address, route or rule.
make_switch() {
  [ -e /run/netns/weir-switch ] && return
  ip netns add weir-switch
  ip -n weir-switch link set lo up
  ip -n weir-switch link add bridge0 type bridge
  ip -n weir-switch addr add $lan.254/24 dev bridge0
  local home; for home in $homes; do ip -n weir-switch addr add "$home/32" dev bridge0; done
  ip -n weir-switch link set bridge0 up
  in_switch sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables' 2>/dev/null || true
}
plug() { # NAME ADDRESS
  [ -e "/run/netns/weir-$1" ] && return
  ip netns add "weir-$1"
  ip -n "weir-$1" link set lo up
  ip -n weir-switch link add "to-$1" type veth peer name eth0 netns "weir-$1"
  ip -n weir-switch link set "to-$1" master bridge0 up
  ip -n "weir-$1" addr add "$2/24" dev eth0
  ip -n "weir-$1" link set eth0 up
  ip -n "weir-$1" route add default via $lan.254
}
# Pods of node N are behind node N; services are reached through the kube-proxy of node 1. A link that went down has lost its routes.
make_routes() { # NODES
  local node namespace
  for node in $(seq "$1"); do
    for namespace in switch control $(seq -f 'node%g' "$1"); do
      [ "$namespace" = "node$node" ] || ip -n "weir-$namespace" route replace $pods.$node.0/24 via $lan.$node
    done
  done
  ip -n weir-switch route replace $services via $lan.1
  for namespace in control $(seq -f 'node%g' "$1"); do ip -n "weir-$namespace" route replace default via $lan.254; done
}

certificate() { # NAME SUBJECT [ALTERNATIVE NAMES]
  [ -f "$pki/$1.crt" ] && return
  openssl ecparam -name prime256v1 -genkey -noout -out "$pki/$1.key"
  openssl req -new -key "$pki/$1.key" -subj "$2" | openssl x509 -req -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -CAcreateserial -days 30 \
    -out "$pki/$1.crt" -extfile <(printf 'keyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\n%s' "${3:-}") 2>/dev/null
}
kubeconfig() { # FILE CERTIFICATE
  local data='base64 -w0'
  write "$run/$1.conf" <<JSON
{"apiVersion":"v1","kind":"Config","current-context":"weir",
 "contexts":[{"name":"weir","context":{"cluster":"weir","user":"$2"}}],
 "clusters":[{"name":"weir","cluster":{"server":"https://$control:6443","certificate-authority-data":"$($data "$pki/ca.crt")"}}],
 "users":[{"name":"$2","user":{"client-certificate-data":"$($data "$pki/$2.crt")","client-key-data":"$($data "$pki/$2.key")"}}]}
JSON
  chmod 600 "$run/$1.conf"
}
make_certificates() {
  mkdir -p "$pki"; chmod 700 "$pki"
  if [ ! -f "$pki/ca.crt" ]; then
    openssl ecparam -name prime256v1 -genkey -noout -out "$pki/ca.key"
    openssl req -x509 -new -key "$pki/ca.key" -subj /CN=weir-cluster -days 30 -out "$pki/ca.crt"
    openssl genrsa -out "$pki/accounts.key" 2048 2>/dev/null
  fi
  certificate apiserver /CN=kube-apiserver "subjectAltName=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,IP:127.0.0.1,IP:$control,IP:10.96.0.1"
  certificate admin /O=system:masters/CN=admin
  certificate kubelet-client /O=system:masters/CN=apiserver
  certificate controllers /CN=system:kube-controller-manager
  certificate scheduler /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  local user; for user in admin controllers scheduler proxy; do kubeconfig $user $user; done
}

start_api() {
  start etcd nsenter --net=/run/netns/weir-control "$bin/etcd" --data-dir="$run/etcd" --unsafe-no-fsync \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 --initial-cluster=default=http://127.0.0.1:2380
  write "$run/audit.yaml" <<'YAML'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
YAML
  # The control plane has no kube-proxy, so aggregated calls go to pod addresses.
  start apiserver nsenter --net=/run/netns/weir-control "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --bind-address=0.0.0.0 --secure-port=6443 --advertise-address=$control --enable-aggregator-routing=true --allow-privileged=true \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --service-cluster-ip-range=$services \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/accounts.key" --service-account-signing-key-file="$pki/accounts.key" \
    --kubelet-client-certificate="$pki/kubelet-client.crt" --kubelet-client-key="$pki/kubelet-client.key" --kubelet-certificate-authority="$pki/ca.crt" \
    --kubelet-preferred-address-types=InternalIP --audit-policy-file="$run/audit.yaml" --audit-log-path="$logs/audit.log" --audit-log-maxsize=200
}
start_controllers() {
  start controllers nsenter --net=/run/netns/weir-control "$bin/kube-controller-manager" --kubeconfig="$run/controllers.conf" \
    --use-service-account-credentials --service-account-private-key-file="$pki/accounts.key" --root-ca-file="$pki/ca.crt" --leader-elect=false \
    --bind-address=127.0.0.1 --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --node-monitor-period=1s --kube-api-qps=200 --kube-api-burst=400 --flex-volume-plugin-dir="$run/flex"
  start scheduler nsenter --net=/run/netns/weir-control "$bin/kube-scheduler" --kubeconfig="$run/scheduler.conf" --leader-elect=false --bind-address=127.0.0.1
}
