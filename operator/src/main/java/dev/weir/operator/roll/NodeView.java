package dev.weir.operator.roll;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known about one node of a pool.
 *
 * @param ordinal number of the pod in its StatefulSet
 * @param running LiveKit's process runs, so calls can be on it
 * @param ready LiveKit answers
 * @param outdated it runs with another image, configuration or key set than wanted
 * @param cordoned its Kubernetes node is closed for pods
 * @param requested somebody asked to drain it
 * @param terminating its pod is being deleted
 * @param load what the routers say; null when no router knows the node or none answers
 * @param drainingSince when its running drain began
 */
public record NodeView(
    String name,
    int ordinal,
    boolean running,
    boolean ready,
    boolean outdated,
    boolean cordoned,
    boolean requested,
    boolean terminating,
    @Nullable Load load,
    @Nullable Instant drainingSince) {

  /**
   * What the routers say about a node.
   *
   * @param draining every router replica places nothing new on it
   */
  public record Load(boolean draining, boolean reachable, int rooms, int participants) {
    boolean empty() {
      return rooms == 0 && participants == 0;
    }
  }

  int participants() {
    return load == null ? 0 : load.participants();
  }

  /** It takes new rooms as far as we know. */
  boolean serving() {
    return ready && !terminating && load != null && load.reachable() && !load.draining();
  }
}
