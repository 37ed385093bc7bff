package dev.weir.operator.model;

import dev.weir.crds.Exposure;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The objects of a pool. */
public final class PoolModel {
  private final PoolInputs in;
  private final SfuPool pool;
  private final Exposure exposure;
  private final String common;
  private final String revision;

  public PoolModel(PoolInputs in) {
    this.in = in;
    this.pool = in.pool();
    SfuPoolSpec spec = pool.getSpec();
    this.exposure = Objects.requireNonNull(spec.exposure(), "a pool of replicas has an exposure");
    this.common = LiveKitConfig.common(spec);
    this.revision =
        Revision.of(
            in.image(),
            common + LiveKitConfig.reports(in),
            in.keyNames(),
            exposureThatRolls(),
            spec.template());
  }

  /** What a node has to run with; other nodes are rolled. */
  public String revision() {
    return revision;
  }

  /** Everything to apply, in an order in which nothing waits for what comes after it. */
  public List<HasMetadata> objects() {
    List<HasMetadata> objects = new ArrayList<>();
    objects.add(
        new ConfigMapBuilder()
            .withMetadata(metadata(Names.config(pool)))
            .withData(LiveKitConfig.files(in, common, exposure))
            .build());
    objects.add(headlessService());
    objects.addAll(mediaServices());
    if (exposure.mode() != Exposure.Mode.HOST_NETWORK) {
      objects.add(networkPolicy());
    }
    objects.add(
        new PodDisruptionBudgetBuilder()
            .withMetadata(metadata(pool.getMetadata().getName()))
            .withNewSpec()
            .withMaxUnavailable(new IntOrString(0))
            .withNewSelector()
            .withMatchLabels(Names.selector(pool))
            .endSelector()
            .endSpec()
            .build());
    objects.add(
        new PodTemplate(in, exposure, revision)
            .statefulSet(metadata(pool.getMetadata().getName())));
    return objects;
  }

  /** Of the media services only those of pods beyond {@code replicas} have to go. */
  public List<Service> mediaServices() {
    List<Service> services = new ArrayList<>();
    if (exposure.mode() == Exposure.Mode.NODE_PORT
        || exposure.mode() == Exposure.Mode.LOAD_BALANCER) {
      for (int ordinal = 0; ordinal < in.replicas(); ordinal++) {
        services.add(mediaService(ordinal));
      }
    }
    return services;
  }

  private Service mediaService(int ordinal) {
    boolean nodePort = exposure.mode() == Exposure.Mode.NODE_PORT;
    String pod = Names.pod(pool, ordinal);
    return new ServiceBuilder()
        .withMetadata(metadata(pod))
        .withNewSpec()
        .withType(nodePort ? "NodePort" : "LoadBalancer")
        .withExternalTrafficPolicy("Local")
        .withPublishNotReadyAddresses(true)
        .withSelector(Map.of("statefulset.kubernetes.io/pod-name", pod))
        .withPorts(
            port("udp", "UDP", exposure.udpPort(), ordinal, nodePort),
            port("tcp", "TCP", exposure.tcpPort(), ordinal, nodePort))
        .endSpec()
        .build();
  }

  private static ServicePort port(
      String name, String protocol, int base, int ordinal, boolean nodePort) {
    int port = nodePort ? base + ordinal : base;
    ServicePortBuilder builder =
        new ServicePortBuilder()
            .withName(name)
            .withProtocol(protocol)
            .withPort(port)
            .withTargetPort(new IntOrString(port));
    return nodePort ? builder.withNodePort(port).build() : builder.build();
  }

  private Service headlessService() {
    return new ServiceBuilder()
        .withMetadata(metadata(pool.getMetadata().getName()))
        .withNewSpec()
        .withClusterIP("None")
        .withPublishNotReadyAddresses(true)
        .withSelector(Names.selector(pool))
        .addNewPort()
        .withName("signal")
        .withPort(Names.SIGNAL_PORT)
        .withTargetPort(new IntOrString(Names.SIGNAL_PORT))
        .withProtocol("TCP")
        .endPort()
        .endSpec()
        .build();
  }

  /** Media from everywhere, signalling from routers and gates only. */
  private NetworkPolicy networkPolicy() {
    List<NetworkPolicyPort> media = new ArrayList<>();
    int last = exposure.mode() == Exposure.Mode.NODE_PORT ? Math.max(0, in.replicas() - 1) : 0;
    media.add(policyPort("UDP", exposure.udpPort(), exposure.udpPort() + last));
    media.add(policyPort("TCP", exposure.tcpPort(), exposure.tcpPort() + last));
    return new NetworkPolicyBuilder()
        .withMetadata(metadata(pool.getMetadata().getName()))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(Names.selector(pool))
        .endPodSelector()
        .withPolicyTypes("Ingress")
        .addNewIngress()
        .withPorts(media)
        .endIngress()
        .addNewIngress()
        .withPorts(policyPort("TCP", Names.SIGNAL_PORT, Names.SIGNAL_PORT))
        .addNewFrom()
        .withNewNamespaceSelector()
        .addToMatchLabels("kubernetes.io/metadata.name", in.routerNamespace())
        .endNamespaceSelector()
        .withNewPodSelector()
        .addToMatchLabels("app.kubernetes.io/part-of", "weir")
        .endPodSelector()
        .endFrom()
        .endIngress()
        .addNewIngress()
        .withPorts(policyPort("TCP", Names.METRICS_PORT, Names.METRICS_PORT))
        .addNewFrom()
        .withNewNamespaceSelector()
        .endNamespaceSelector()
        .endFrom()
        .endIngress()
        .endSpec()
        .build();
  }

  private static NetworkPolicyPort policyPort(String protocol, int first, int last) {
    NetworkPolicyPortBuilder builder =
        new NetworkPolicyPortBuilder().withProtocol(protocol).withPort(new IntOrString(first));
    return last > first ? builder.withEndPort(last).build() : builder.build();
  }

  /** Static addresses may grow at the end of their list without rolling the nodes before. */
  private Object exposureThatRolls() {
    return Map.of(
        "mode",
        exposure.mode(),
        "udpPort",
        exposure.udpPort(),
        "tcpPort",
        exposure.tcpPort(),
        "addressSource",
        exposure.addressSource() == null ? "" : exposure.addressSource());
  }

  private ObjectMeta metadata(String name) {
    return Metadata.owned(pool, name, Names.labels(pool));
  }
}
