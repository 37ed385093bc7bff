package dev.weir.operator.roll;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What should be, and what is.
 *
 * @param wanted nodes that the admin wants
 * @param existing replicas that the StatefulSet asks for now
 * @param deleted the pool is being deleted
 * @param participantsPerNode what one node carries at most
 * @param spareElsewhere participants that serving nodes of other pools of the same site can still
 *     take
 */
public record PoolView(
    List<NodeView> nodes,
    int wanted,
    int existing,
    boolean deleted,
    int participantsPerNode,
    int spareElsewhere,
    Duration moveAfter,
    Duration deadline,
    int pace,
    Instant now) {
  public PoolView {
    nodes = List.copyOf(nodes);
  }
}
