package dev.weir.operator.pool;

import dev.weir.crds.Durations;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import dev.weir.crds.SfuPoolStatus;
import dev.weir.crds.SfuPoolStatus.NodeStatus;
import dev.weir.crds.SfuPoolStatus.State;
import dev.weir.operator.model.Names;
import dev.weir.operator.roll.RollPlan;
import dev.weir.operator.roll.Step;
import dev.weir.operator.router.RouterClient.NodeLoad;
import dev.weir.operator.status.Conditions;
import dev.weir.operator.status.RouterConditions;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The status of a pool, as a pure function of what was seen and what was decided. */
final class PoolReport {
  private final PoolObservation seen;
  private final SfuPool pool;
  private final Resolution resolution;
  private final RollPlan plan;
  private final Instant now;

  PoolReport(PoolObservation seen, Resolution resolution, RollPlan plan, Instant now) {
    this.seen = seen;
    this.pool = seen.pool();
    this.resolution = resolution;
    this.plan = plan;
    this.now = now;
  }

  SfuPoolStatus status() {
    List<NodeStatus> nodes = nodes();
    Map<String, String> selector = Names.selector(pool);
    return new SfuPoolStatus(
        pool.getMetadata().getGeneration(),
        nodes.size(),
        count(nodes, State.SERVING),
        pool.getSpec().replicas() == null
            ? null
            : selector.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(",")),
        nodes.stream().mapToInt(NodeStatus::rooms).sum(),
        nodes.stream().mapToInt(NodeStatus::participants).sum(),
        count(nodes, State.DRAINING) + count(nodes, State.DRAINED),
        nodes,
        conditions(nodes).list());
  }

  private static int count(List<NodeStatus> nodes, State state) {
    return (int) nodes.stream().filter(node -> node.state() == state).count();
  }

  private List<NodeStatus> nodes() {
    if (pool.getSpec().nodes() != null) {
      return pool.getSpec().nodes().stream().map(this::foreignNode).toList();
    }
    return seen.pods().stream()
        .sorted(Comparator.comparing(PoolPicture::ordinal))
        .map(this::ownNode)
        .toList();
  }

  private NodeStatus foreignNode(SfuPoolSpec.Node node) {
    Optional<NodeLoad> load = seen.load(node.name());
    State state =
        load.map(PoolReport::answering)
            .orElseGet(() -> seen.loads().isEmpty() ? before(node.name()) : State.STARTING);
    return node(node.name(), null, node.url(), state, load.orElse(null), null);
  }

  private NodeStatus ownNode(Pod pod) {
    String name = pod.getMetadata().getName();
    Optional<NodeLoad> load = seen.load(name);
    boolean draining = plan.draining().containsKey(name);
    State state;
    if (draining) {
      boolean empty =
          load.isPresent()
              && load.get().closed()
              && load.get().rooms() == 0
              && load.get().participants() == 0;
      state = empty || !PoolPicture.running(pod) ? State.DRAINED : State.DRAINING;
    } else if (!PoolPicture.ready(pod)) {
      state =
          before(name) == State.SERVING && PoolPicture.running(pod)
              ? State.UNREACHABLE
              : State.STARTING;
    } else {
      state =
          load.map(PoolReport::answering)
              .orElseGet(() -> seen.loads().isEmpty() ? before(name) : State.STARTING);
    }
    Instant since = draining ? since(name) : null;
    return node(
        name,
        resolution.addresses() == null ? null : resolution.addresses().of(pod),
        Names.url(pool, name),
        state,
        load.orElse(null),
        since);
  }

  private Instant since(String node) {
    Instant stored = PoolPicture.drainingSince(pool, node);
    return stored == null ? now.truncatedTo(ChronoUnit.SECONDS) : stored;
  }

  /**
   * A node that routers have closed and that nobody drains is about to be reopened: routers go by
   * this state, so it must not say that the node drains because routers say so.
   */
  private static State answering(NodeLoad load) {
    return load.reachable() ? State.SERVING : State.UNREACHABLE;
  }

  /** While no router answers, a node stays what it was: calls on it go on. */
  private State before(String node) {
    return Optional.ofNullable(pool.getStatus())
        .map(SfuPoolStatus::nodes)
        .orElse(List.of())
        .stream()
        .filter(status -> status.name().equals(node))
        .map(NodeStatus::state)
        .findFirst()
        .orElse(State.STARTING);
  }

  private NodeStatus node(
      String name,
      @Nullable String address,
      String url,
      State state,
      @Nullable NodeLoad load,
      @Nullable Instant since) {
    return new NodeStatus(
        name,
        address,
        url,
        state,
        load == null ? 0 : load.rooms(),
        load == null ? 0 : load.participants(),
        load == null ? 0 : Math.round(load.stress() * 10) / 10.0,
        load == null || load.version().isEmpty() ? null : load.version(),
        since == null ? null : since.toString(),
        since == null
            ? null
            : since.plus(Durations.parse(pool.getSpec().drain().deadline())).toString());
  }

  private Conditions conditions(List<NodeStatus> nodes) {
    List<dev.weir.crds.Condition> stored =
        Optional.ofNullable(pool.getStatus()).map(SfuPoolStatus::conditions).orElse(List.of());
    Conditions conditions = new Conditions(stored, pool.getMetadata().getGeneration(), now);
    conditions.set("Accepted", true, "Accepted", "The pool is valid.");
    if (resolution.problem() == null) {
      conditions.set(
          "ResolvedRefs", true, "Resolved", "Everything that the pool refers to exists.");
    } else {
      conditions.set("ResolvedRefs", false, resolution.reason(), resolution.problem());
    }
    AddressBook addresses = resolution.addresses();
    if (addresses != null) {
      conditions.set(
          "AddressResolved",
          addresses.problem() == null,
          addresses.reason(),
          Objects.requireNonNullElse(
              addresses.problem(), "Every node has an address to advertise."));
    }
    RouterConditions.programmed(conditions, seen.applied());
    draining(conditions, nodes);
    degraded(conditions, nodes);
    boolean serving = nodes.stream().anyMatch(node -> node.state() == State.SERVING);
    boolean wanted = !Objects.equals(pool.getSpec().replicas(), 0);
    conditions.set(
        "Serving",
        serving || !wanted,
        serving ? "Serving" : wanted ? "NoNodeServes" : "ScaledToZero",
        serving
            ? "At least one node takes new rooms."
            : wanted
                ? "No node takes new rooms yet."
                : "The pool has no nodes because replicas is 0.");
    return conditions.summarise(
        "The pool takes new rooms.",
        "Accepted",
        "ResolvedRefs",
        "AddressResolved",
        "Programmed",
        "Serving");
  }

  private void draining(Conditions conditions, List<NodeStatus> nodes) {
    if (plan.draining().isEmpty()) {
      conditions.set(
          "Draining",
          false,
          plan.pending() > 0 ? "Waiting" : "NotDraining",
          plan.pending() > 0
              ? plan.pending() + " nodes still have to be drained."
              : "No node is being emptied.");
      return;
    }
    Function<String, String> rooms =
        name ->
            nodes.stream()
                .filter(node -> node.name().equals(name))
                .map(node -> " (" + node.rooms() + " rooms)")
                .findFirst()
                .orElse("");
    String message =
        plan.draining().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(
                entry ->
                    entry.getKey() + rooms.apply(entry.getKey()) + ": " + entry.getValue().word())
            .collect(Collectors.joining(", "));
    conditions.set(
        "Draining",
        true,
        plan.draining().values().iterator().next().word(),
        message + (plan.pending() > 0 ? "; then " + plan.pending() + " more" : ""));
  }

  private void degraded(Conditions conditions, List<NodeStatus> nodes) {
    List<String> problems = new ArrayList<>();
    String reason = "NotDegraded";
    for (Step step : plan.steps()) {
      if (step instanceof Step.Refuse refuse) {
        reason = "DrainRefused";
        problems.add(
            "node "
                + refuse.node()
                + " should drain ("
                + refuse.reason().word()
                + ") and does not: "
                + refuse.because());
      } else if (step instanceof Step.Stop stop && stop.forced()) {
        reason = "DrainDeadlineExceeded";
        problems.add("node " + stop.node() + " did not get empty before its deadline");
      }
    }
    for (NodeStatus node : nodes) {
      if (node.state() == State.UNREACHABLE) {
        reason = "NodeUnreachable";
        problems.add("node " + node.name() + " does not answer");
      }
    }
    conditions.set(
        "Degraded",
        !problems.isEmpty(),
        reason,
        problems.isEmpty() ? "All nodes are as they should be." : String.join("; ", problems));
  }

  /** The status without the numbers that move all the time. */
  static SfuPoolStatus meaning(SfuPoolStatus status) {
    List<NodeStatus> nodes =
        status.nodes().stream()
            .map(
                node ->
                    new NodeStatus(
                        node.name(),
                        node.address(),
                        node.url(),
                        node.state(),
                        0,
                        0,
                        0,
                        node.version(),
                        node.drainingSince(),
                        node.drainDeadline()))
            .toList();
    return new SfuPoolStatus(
        status.observedGeneration(),
        status.replicas(),
        status.readyReplicas(),
        status.selector(),
        0,
        0,
        status.draining(),
        nodes,
        status.conditions().stream()
            .map(
                condition ->
                    condition.type().equals("Draining")
                        ? new dev.weir.crds.Condition(
                            condition.type(),
                            condition.status(),
                            condition.reason(),
                            "",
                            condition.observedGeneration(),
                            condition.lastTransitionTime())
                        : condition)
            .toList());
  }
}
