package dev.weir.operator.pool;

import dev.weir.crds.Durations;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import dev.weir.crds.SfuPoolStatus;
import dev.weir.crds.WeirApi;
import dev.weir.operator.model.Names;
import dev.weir.operator.roll.NodeView;
import dev.weir.operator.roll.PoolView;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Turns what was observed into the picture that the roller decides by. */
final class PoolPicture {
  private static final String SCALE_DOWN_TAINT = "ToBeDeletedByClusterAutoscaler";

  private final PoolObservation seen;
  private final String revision;

  PoolPicture(PoolObservation seen, String revision) {
    this.seen = seen;
    this.revision = revision;
  }

  PoolView view(Instant now) {
    SfuPoolSpec spec = seen.pool().getSpec();
    return new PoolView(
        seen.pods().stream().map(this::node).toList(),
        Objects.requireNonNullElse(spec.replicas(), 0),
        existing(),
        seen.pool().isMarkedForDeletion(),
        spec.limits().participantsPerNode(),
        spareElsewhere(),
        Durations.parse(spec.drain().moveAfter()),
        Durations.parse(spec.drain().deadline()),
        spec.drain().pace(),
        now);
  }

  int existing() {
    return seen.statefulSet()
        .map(StatefulSet::getSpec)
        .map(spec -> Objects.requireNonNullElse(spec.getReplicas(), 0))
        .orElse(0);
  }

  private NodeView node(Pod pod) {
    String name = pod.getMetadata().getName();
    NodeView.@Nullable Load load =
        seen.load(name)
            .map(
                found ->
                    new NodeView.Load(
                        found.closed(), found.reachable(), found.rooms(), found.participants()))
            .orElse(null);
    Map<String, String> labels = orEmpty(pod.getMetadata().getLabels());
    return new NodeView(
        name,
        ordinal(pod),
        running(pod),
        ready(pod),
        !revision.equals(labels.get(Names.REVISION)),
        cordoned(pod),
        "true".equals(orEmpty(pod.getMetadata().getAnnotations()).get(WeirApi.DRAIN_ANNOTATION)),
        pod.isMarkedForDeletion(),
        load,
        drainingSince(seen.pool(), name));
  }

  static @Nullable Instant drainingSince(SfuPool pool, String node) {
    return Optional.ofNullable(pool.getStatus())
        .map(SfuPoolStatus::nodes)
        .orElse(List.of())
        .stream()
        .filter(status -> status.name().equals(node))
        .map(SfuPoolStatus.NodeStatus::drainingSince)
        .filter(Objects::nonNull)
        .map(Instant::parse)
        .findFirst()
        .orElse(null);
  }

  static int ordinal(Pod pod) {
    String name = pod.getMetadata().getName();
    return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
  }

  static boolean running(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getContainerStatuses() != null
        && pod.getStatus().getContainerStatuses().stream()
            .filter(container -> container.getName().equals("livekit"))
            .map(ContainerStatus::getState)
            .anyMatch(state -> state != null && state.getRunning() != null);
  }

  static boolean ready(Pod pod) {
    return pod.getStatus() != null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(
                condition ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  private boolean cordoned(Pod pod) {
    String nodeName = pod.getSpec().getNodeName();
    return seen.kubernetesNodes().stream()
        .filter(node -> node.getMetadata().getName().equals(nodeName))
        .anyMatch(
            node ->
                Boolean.TRUE.equals(node.getSpec().getUnschedulable())
                    || (node.getSpec().getTaints() != null
                        && node.getSpec().getTaints().stream()
                            .anyMatch(taint -> taint.getKey().equals(SCALE_DOWN_TAINT))));
  }

  private int spareElsewhere() {
    long spare = 0;
    for (SfuPool sibling : seen.siblings()) {
      if (sibling.getStatus() != null) {
        int limit = sibling.getSpec().limits().participantsPerNode();
        for (SfuPoolStatus.NodeStatus node : sibling.getStatus().nodes()) {
          if (node.state() == SfuPoolStatus.State.SERVING) {
            spare += Math.max(0, limit - node.participants());
          }
        }
      }
    }
    return (int) Math.min(Integer.MAX_VALUE, spare);
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : map;
  }
}
