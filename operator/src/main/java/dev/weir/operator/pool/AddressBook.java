package dev.weir.operator.pool;

import dev.weir.crds.Exposure;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import dev.weir.operator.model.Advertised;
import dev.weir.operator.model.Names;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the addresses that nodes advertise to clients, and says what is wrong when one is missing.
 *
 * @param advertised how nodes get to know theirs
 * @param problem what an admin has to do; null when every node that should exist has an address
 * @param reason the problem in one word
 */
record AddressBook(Advertised advertised, @Nullable String problem, String reason) {

  static AddressBook of(SfuPool pool, int replicas, List<Service> services, List<Node> nodes) {
    SfuPoolSpec spec = pool.getSpec();
    Exposure exposure =
        Objects.requireNonNull(spec.exposure(), "a pool of replicas has an exposure");
    Exposure.AddressSource source = exposure.addressSource();
    if (source == null) {
      source = Exposure.AddressSource.NODE_EXTERNAL_IP;
    }
    if (source == Exposure.AddressSource.STATIC) {
      return fixed(
          pool, replicas, Objects.requireNonNullElse(exposure.staticAddresses(), List.of()));
    }
    return switch (exposure.mode()) {
      case CLUSTER_ONLY -> known(new Advertised.FromPod("status.podIP"));
      case LOAD_BALANCER -> loadBalancers(pool, replicas, services);
      case HOST_NETWORK, NODE_PORT ->
          source == Exposure.AddressSource.NODE_INTERNAL_IP
              ? known(new Advertised.FromPod("status.hostIP"))
              : externalAddresses(spec, nodes);
    };
  }

  private static AddressBook known(Advertised advertised) {
    return new AddressBook(advertised, null, "Resolved");
  }

  private static AddressBook fixed(SfuPool pool, int replicas, List<String> addresses) {
    Map<String, String> byPod = new TreeMap<>();
    for (int ordinal = 0; ordinal < Math.min(replicas, addresses.size()); ordinal++) {
      byPod.put(Names.pod(pool, ordinal), addresses.get(ordinal));
    }
    return new AddressBook(
        new Advertised.ByPod(byPod),
        addresses.size() >= replicas
            ? null
            : "spec.exposure.staticAddresses has "
                + addresses.size()
                + " addresses for "
                + replicas
                + " nodes; add one for each node",
        addresses.size() >= replicas ? "Resolved" : "TooFewStaticAddresses");
  }

  private static AddressBook loadBalancers(SfuPool pool, int replicas, List<Service> services) {
    Map<String, String> byPod = new TreeMap<>();
    String waiting = null;
    String hostname = null;
    for (int ordinal = 0; ordinal < replicas; ordinal++) {
      String pod = Names.pod(pool, ordinal);
      Optional<LoadBalancerIngress> ingress =
          services.stream()
              .filter(service -> service.getMetadata().getName().equals(pod))
              .flatMap(AddressBook::ingress)
              .findFirst();
      if (ingress.isPresent() && ingress.get().getIp() != null) {
        byPod.put(pod, ingress.get().getIp());
      } else if (ingress.isPresent()) {
        hostname = pod;
      } else {
        waiting = waiting == null ? pod : waiting;
      }
    }
    if (hostname != null) {
      return new AddressBook(
          new Advertised.ByPod(byPod),
          "the load balancer of Service "
              + hostname
              + " has a host name and no IP address, which LiveKit cannot advertise; use addressSource Static with its addresses",
          "LoadBalancerHasNoAddress");
    }
    return waiting == null
        ? known(new Advertised.ByPod(byPod))
        : new AddressBook(
            new Advertised.ByPod(byPod),
            "Service "
                + waiting
                + " has no load balancer address yet; is there a load balancer controller in the cluster?",
            "LoadBalancerPending");
  }

  private static java.util.stream.Stream<LoadBalancerIngress> ingress(Service service) {
    if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
      return java.util.stream.Stream.empty();
    }
    return service.getStatus().getLoadBalancer().getIngress().stream();
  }

  private static AddressBook externalAddresses(SfuPoolSpec spec, List<Node> nodes) {
    Map<String, String> byNode = new TreeMap<>();
    String without = null;
    for (Node node : nodes) {
      if (selected(spec, node)) {
        Optional<String> address = address(node, "ExternalIP");
        address.ifPresent(ip -> byNode.put(node.getMetadata().getName(), ip));
        without = address.isPresent() || without != null ? without : node.getMetadata().getName();
      }
    }
    if (without != null) {
      return new AddressBook(
          new Advertised.ByNode(byNode),
          "Kubernetes node "
              + without
              + " has no ExternalIP; use addressSource NodeInternalIP or Static, or keep the pool off it with template.nodeSelector",
          "NodeHasNoExternalIP");
    }
    return byNode.isEmpty()
        ? new AddressBook(
            new Advertised.ByNode(byNode),
            "no Kubernetes node matches template.nodeSelector",
            "NoMatchingNode")
        : known(new Advertised.ByNode(byNode));
  }

  private static boolean selected(SfuPoolSpec spec, Node node) {
    Map<String, String> labels =
        Objects.requireNonNullElse(node.getMetadata().getLabels(), Map.of());
    return spec.template() == null
        || labels.entrySet().containsAll(spec.template().nodeSelector().entrySet());
  }

  private static Optional<String> address(Node node, String type) {
    if (node.getStatus() == null || node.getStatus().getAddresses() == null) {
      return Optional.empty();
    }
    return node.getStatus().getAddresses().stream()
        .filter(address -> address.getType().equals(type))
        .map(NodeAddress::getAddress)
        .findFirst();
  }

  /** The address that a running pod advertises. */
  @Nullable String of(Pod pod) {
    return switch (advertised) {
      case Advertised.FromPod(String path) ->
          path.equals("status.podIP") ? pod.getStatus().getPodIP() : pod.getStatus().getHostIP();
      case Advertised.ByPod(Map<String, String> addresses) ->
          addresses.get(pod.getMetadata().getName());
      case Advertised.ByNode(Map<String, String> addresses) ->
          pod.getSpec().getNodeName() == null ? null : addresses.get(pod.getSpec().getNodeName());
    };
  }
}
