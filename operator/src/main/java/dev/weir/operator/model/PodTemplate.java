package dev.weir.operator.model;

import dev.weir.crds.Durations;
import dev.weir.crds.Exposure;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import dev.weir.crds.WeirApi;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a pool, within the restricted Pod Security Standard (host network is the one
 * documented exception).
 *
 * <p>Liveness is the TCP port only: LiveKit's own health page fails when its node statistics are
 * late, and a loaded node must not be killed for that. A pod gets as long to end as a drain may
 * last: after SIGTERM LiveKit ends by itself once its rooms have been moved.
 */
final class PodTemplate {
  private static final long USER = 65532;

  private final PoolInputs in;
  private final SfuPool pool;
  private final SfuPoolSpec spec;
  private final Exposure exposure;
  private final String revision;

  PodTemplate(PoolInputs in, Exposure exposure, String revision) {
    this.in = in;
    this.pool = in.pool();
    this.spec = pool.getSpec();
    this.exposure = exposure;
    this.revision = revision;
  }

  StatefulSet statefulSet(ObjectMeta metadata) {
    Map<String, String> labels = new TreeMap<>();
    Map<String, String> annotations = new TreeMap<>();
    if (spec.template() != null) {
      labels.putAll(spec.template().labels());
      annotations.putAll(spec.template().annotations());
    }
    labels.putAll(Names.labels(pool));
    labels.put(Names.REVISION, revision);
    return new StatefulSetBuilder()
        .withMetadata(metadata)
        .withNewSpec()
        .withReplicas(in.replicas())
        .withServiceName(pool.getMetadata().getName())
        .withPodManagementPolicy("Parallel")
        .withNewUpdateStrategy()
        .withType("OnDelete")
        .endUpdateStrategy()
        .withRevisionHistoryLimit(1)
        .withNewSelector()
        .withMatchLabels(Names.selector(pool))
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(labels)
        .withAnnotations(annotations.isEmpty() ? null : annotations)
        .endMetadata()
        .withSpec(podSpec())
        .endTemplate()
        .endSpec()
        .build();
  }

  private PodSpec podSpec() {
    boolean host = exposure.mode() == Exposure.Mode.HOST_NETWORK;
    PodSpecBuilder builder =
        new PodSpecBuilder()
            .withAutomountServiceAccountToken(false)
            .withEnableServiceLinks(false)
            .withTerminationGracePeriodSeconds(
                Durations.parse(spec.drain().deadline()).toSeconds() + 30)
            .withNewSecurityContext()
            .withRunAsNonRoot(true)
            .withRunAsUser(USER)
            .withRunAsGroup(USER)
            .withFsGroup(USER)
            .withNewSeccompProfile()
            .withType("RuntimeDefault")
            .endSeccompProfile()
            .endSecurityContext()
            .withContainers(container())
            .addNewVolume()
            .withName("config")
            .withNewConfigMap()
            .withName(Names.config(pool))
            .endConfigMap()
            .endVolume()
            .addNewVolume()
            .withName("keys")
            .withNewSecret()
            .withSecretName(in.keySecret())
            .withDefaultMode(0440)
            .endSecret()
            .endVolume();
    if (host) {
      builder.withHostNetwork(true).withDnsPolicy("ClusterFirstWithHostNet");
    }
    if (spec.template() != null) {
      placement(builder, spec.template());
    }
    return builder.build();
  }

  private static void placement(PodSpecBuilder builder, SfuPoolSpec.Template template) {
    if (!template.nodeSelector().isEmpty()) {
      builder.withNodeSelector(new TreeMap<>(template.nodeSelector()));
    }
    if (!template.tolerations().isEmpty()) {
      builder.withTolerations(
          template.tolerations().stream().map(item -> as(item, Toleration.class)).toList());
    }
    if (template.affinity() != null) {
      builder.withAffinity(as(template.affinity(), Affinity.class));
    }
    builder.withPriorityClassName(template.priorityClassName());
    if (!template.imagePullSecrets().isEmpty()) {
      builder.withImagePullSecrets(
          template.imagePullSecrets().stream()
              .map(secret -> new LocalObjectReference(secret.name()))
              .toList());
    }
  }

  private Container container() {
    return new ContainerBuilder()
        .withName("livekit")
        .withImage(in.image())
        .withArgs(arguments())
        .withEnv(environment())
        .withPorts(ports())
        .withResources(resources())
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .withNewStartupProbe()
        .withNewTcpSocket()
        .withPort(new IntOrString("signal"))
        .endTcpSocket()
        .withPeriodSeconds(1)
        .withFailureThreshold(60)
        .endStartupProbe()
        .withNewLivenessProbe()
        .withNewTcpSocket()
        .withPort(new IntOrString("signal"))
        .endTcpSocket()
        .withPeriodSeconds(10)
        .withFailureThreshold(6)
        .endLivenessProbe()
        .withNewReadinessProbe()
        .withNewHttpGet()
        .withPath("/")
        .withPort(new IntOrString("signal"))
        .endHttpGet()
        .withPeriodSeconds(5)
        .endReadinessProbe()
        .addNewVolumeMount()
        .withName("config")
        .withMountPath("/etc/livekit")
        .withReadOnly(true)
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("keys")
        .withMountPath("/etc/livekit-keys")
        .withReadOnly(true)
        .endVolumeMount()
        .build();
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("--config");
    arguments.add(LiveKitConfig.path(in.advertised()));
    arguments.add("--key-file");
    arguments.add("/etc/livekit-keys/" + WeirApi.KEY_FILE);
    if (in.advertised() instanceof Advertised.FromPod) {
      arguments.add("--node-ip");
      arguments.add("$(ADVERTISED_IP)");
    }
    return arguments;
  }

  private List<EnvVar> environment() {
    List<EnvVar> environment = new ArrayList<>();
    environment.add(field("POD_NAME", "metadata.name"));
    environment.add(field("NODE_NAME", "spec.nodeName"));
    if (in.advertised() instanceof Advertised.FromPod fromPod) {
      environment.add(field("ADVERTISED_IP", fromPod.fieldPath()));
    }
    return environment;
  }

  private static EnvVar field(String name, String path) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef()
        .withApiVersion("v1")
        .withFieldPath(path)
        .endFieldRef()
        .endValueFrom()
        .build();
  }

  private List<ContainerPort> ports() {
    List<ContainerPort> ports = new ArrayList<>();
    ports.add(port("signal", "TCP", Names.SIGNAL_PORT));
    ports.add(port("metrics", "TCP", Names.METRICS_PORT));
    if (exposure.mode() != Exposure.Mode.NODE_PORT) {
      ports.add(port("udp", "UDP", exposure.udpPort()));
      ports.add(port("tcp", "TCP", exposure.tcpPort()));
    }
    return ports;
  }

  /** On the host network the scheduler keeps two pods off one node by these. */
  private ContainerPort port(String name, String protocol, int number) {
    ContainerPortBuilder builder =
        new ContainerPortBuilder().withName(name).withProtocol(protocol).withContainerPort(number);
    return exposure.mode() == Exposure.Mode.HOST_NETWORK
        ? builder.withHostPort(number).build()
        : builder.build();
  }

  private @Nullable ResourceRequirements resources() {
    return spec.template() == null || spec.template().resources() == null
        ? null
        : as(spec.template().resources(), ResourceRequirements.class);
  }

  private static <T> T as(Object value, Class<T> type) {
    return Serialization.unmarshal(Serialization.asJson(value), type);
  }
}
