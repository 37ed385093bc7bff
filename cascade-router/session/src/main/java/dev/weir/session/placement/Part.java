package dev.weir.session.placement;

import dev.weir.session.CodePoints;

/**
 * A room on one node.
 *
 * @param epoch rises with every place that the room gets; fences late webhooks
 * @param purpose why the room is there
 */
public record Part(String node, long epoch, Purpose purpose, State state)
    implements Comparable<Part> {
  /** Why a room is on a node. */
  public enum Purpose {
    /** Its place. Two of them are an accident of two replicas; the later one is emptied. */
    MAIN,
    /** More room beside the main place: that was full or draining. */
    SPILL,
    /** Found there, by the node's own list. */
    FOUND
  }

  /** Only ever goes on, never back. */
  public enum State {
    LIVE,
    /** Its people move away; takes nobody new. */
    LEAVING,
    GONE
  }

  /** Beside the room's own place, not in its stead. */
  boolean isSecond() {
    return purpose != Purpose.MAIN;
  }

  Part in(State later) {
    return new Part(node, epoch, purpose, later);
  }

  @Override
  public int compareTo(Part other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    return byEpoch != 0 ? byEpoch : CodePoints.compare(node, other.node);
  }
}
