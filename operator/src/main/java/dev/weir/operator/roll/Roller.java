package dev.weir.operator.roll;

import dev.weir.operator.roll.NodeView.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Empties and stops the nodes of a pool, one at a time, under running calls.
 *
 * <p>It remembers nothing: all it needs is in the picture, so it may be asked at any time, twice,
 * or after a restart.
 *
 * <ol>
 *   <li>A node has to go for at most one reason, the first that holds in the order of {@link
 *       DrainReason}.
 *   <li>A node whose process does not run carries no call. It is stopped at once, before all
 *       others.
 *   <li>A drain that has begun goes on. When its reason has gone (an uncordoned node, a
 *       configuration put back), the node is reopened.
 *   <li>A new drain begins only while no other node is being emptied or missing, and only when the
 *       other serving nodes, of this pool or of the site's other pools, can carry its participants.
 *       The least loaded goes first; nodes that do not answer go before those. Of the nodes to
 *       scale away only the last can go, because a StatefulSet only shrinks from its end. A
 *       roll-out waits for each restarted node to serve before the next one. Otherwise a node that
 *       carries nothing may always go. Deletions that somebody else began cannot be refused.
 *   <li>A draining node is closed by the routers. After {@code moveAfter} its rooms are moved,
 *       paced.
 *   <li>It is stopped when every router has closed it and it is empty. After {@code deadline} it is
 *       stopped whatever it carries.
 *   <li>Growing is immediate, shrinking happens with the stop of the last node.
 *   <li>While no router answers, nothing is known to be empty: running drains wait, new ones do not
 *       begin.
 * </ol>
 */
public final class Roller {
  private static final Set<DrainReason> NOT_REFUSABLE = Set.of(DrainReason.TERMINATING);

  private final PoolView pool;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, DrainReason> draining = new TreeMap<>();
  private final Map<String, DrainReason> due = new HashMap<>();

  /**
   * Empty nodes that have to go and cannot yet, because a StatefulSet only shrinks from its end.
   */
  private final Set<String> parked = new HashSet<>();

  private int replicas;

  private Roller(PoolView pool) {
    this.pool = pool;
    this.replicas = pool.deleted() ? pool.existing() : Math.max(pool.existing(), pool.wanted());
  }

  public static RollPlan plan(PoolView pool) {
    return new Roller(pool).plan();
  }

  private RollPlan plan() {
    for (NodeView node : pool.nodes()) {
      reason(node).ifPresent(reason -> due.put(node.name(), reason));
    }
    dropMissingTail();
    stopDead();
    continueDrains();
    beginNext();
    int pending = (int) due.keySet().stream().filter(name -> !draining.containsKey(name)).count();
    return new RollPlan(replicas, steps, draining, pending);
  }

  private Optional<DrainReason> reason(NodeView node) {
    if (node.terminating()) {
      return Optional.of(DrainReason.TERMINATING);
    } else if (pool.deleted()) {
      return Optional.of(DrainReason.POOL_DELETED);
    } else if (node.cordoned()) {
      return Optional.of(DrainReason.CORDONED);
    } else if (node.requested()) {
      return Optional.of(DrainReason.REQUESTED);
    } else if (node.ordinal() >= pool.wanted()) {
      return Optional.of(DrainReason.SCALE_DOWN);
    } else if (node.outdated()) {
      return Optional.of(DrainReason.OUTDATED);
    }
    return Optional.empty();
  }

  /** Replicas beyond the wanted ones that have no pod yet need no drain. */
  private void dropMissingTail() {
    int target = pool.deleted() ? 0 : pool.wanted();
    while (replicas > target && node(replicas - 1) == null) {
      replicas--;
    }
  }

  private void stopDead() {
    for (NodeView node : pool.nodes()) {
      DrainReason reason = due.get(node.name());
      if (reason != null && !node.running() && reason != DrainReason.TERMINATING) {
        stop(node, reason, false);
      }
    }
  }

  private void continueDrains() {
    for (NodeView node : pool.nodes()) {
      DrainReason reason = due.get(node.name());
      if (reason == null) {
        if (node.drainingSince() != null || (node.load() != null && node.load().draining())) {
          steps.add(new Step.Reopen(node.name()));
        }
      } else if (!draining.containsKey(node.name())
          && (node.drainingSince() != null || NOT_REFUSABLE.contains(reason))) {
        if (node.drainingSince() == null) {
          steps.add(new Step.Begin(node.name(), reason));
        }
        advance(node, reason);
      }
    }
  }

  private void advance(NodeView node, DrainReason reason) {
    draining.put(node.name(), reason);
    Instant since = node.drainingSince() == null ? pool.now() : node.drainingSince();
    Duration lasted = Duration.between(since, pool.now());
    Load load = node.load();
    boolean expired = lasted.compareTo(pool.deadline()) >= 0;
    if (load == null || !load.draining()) {
      steps.add(new Step.Close(node.name()));
    } else if (load.empty() && load.reachable()) {
      stop(node, reason, false);
      return;
    } else if (!load.empty() && !expired && lasted.compareTo(pool.moveAfter()) >= 0) {
      steps.add(new Step.Move(node.name(), pool.pace()));
    }
    if (expired) {
      stop(node, reason, true);
    }
  }

  /**
   * Nodes to scale away are stopped from the end only; until its turn comes an emptied one stays
   * closed.
   */
  private void stop(NodeView node, DrainReason reason, boolean forced) {
    draining.put(node.name(), reason);
    if (reason.restarts()) {
      if (reason != DrainReason.TERMINATING || forced) {
        steps.add(new Step.Stop(node.name(), reason, forced));
      }
    } else if (node.ordinal() == replicas - 1) {
      replicas--;
      steps.add(new Step.Stop(node.name(), reason, forced));
    } else {
      parked.add(node.name());
    }
  }

  private void beginNext() {
    if (!parked.containsAll(draining.keySet())) {
      return;
    }
    NodeView candidate =
        pool.nodes().stream()
            .filter(this::mayGoNext)
            .min(
                Comparator.comparing((NodeView node) -> node.load() != null && node.ready())
                    .thenComparing(NodeView::participants)
                    .thenComparing(Comparator.comparing(NodeView::ordinal).reversed()))
            .orElse(null);
    if (candidate == null) {
      return;
    }
    DrainReason reason = Objects.requireNonNull(due.get(candidate.name()));
    String refusal = refusal(candidate, reason);
    if (refusal != null) {
      steps.add(new Step.Refuse(candidate.name(), reason, refusal));
      return;
    }
    steps.add(new Step.Begin(candidate.name(), reason));
    advance(candidate, reason);
  }

  private boolean mayGoNext(NodeView node) {
    DrainReason reason = due.get(node.name());
    if (reason == null || draining.containsKey(node.name())) {
      return false;
    }
    return reason.restarts() || node.ordinal() == replicas - 1;
  }

  private @Nullable String refusal(NodeView candidate, DrainReason reason) {
    if (candidate.load() == null) {
      return "no router answers for this node, so nobody knows whether calls are on it";
    }
    List<NodeView> others = pool.nodes().stream().filter(node -> node != candidate).toList();
    Optional<NodeView> missing =
        others.stream()
            .filter(node -> !node.serving() && !due.containsKey(node.name()))
            .findFirst();
    if (missing.isPresent() && reason == DrainReason.OUTDATED) {
      return "node " + missing.get().name() + " does not serve yet; one node at a time";
    }
    if (candidate.load().empty() || reason == DrainReason.POOL_DELETED) {
      return null;
    }
    long spare = pool.spareElsewhere();
    for (NodeView other : others) {
      if (other.serving()) {
        spare += Math.max(0, pool.participantsPerNode() - other.participants());
      }
    }
    if (spare < candidate.participants() || spare == 0) {
      return "its "
          + candidate.participants()
          + " participants have nowhere to go: the other serving nodes of the site can take "
          + spare
          + ". Add a node, or wait until the calls have ended";
    }
    return null;
  }

  private @Nullable NodeView node(int ordinal) {
    return pool.nodes().stream().filter(node -> node.ordinal() == ordinal).findFirst().orElse(null);
  }
}
