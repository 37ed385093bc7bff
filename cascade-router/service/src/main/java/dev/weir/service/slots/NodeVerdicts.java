package dev.weir.service.slots;

/**
 * What is known about nodes sooner than by asking them for their rooms every few seconds. Bound by
 * the gate, which looks at each of them all the time.
 */
public interface NodeVerdicts {

  /** Whether new rooms may be placed on the node. */
  boolean takesRooms(String node);
}
