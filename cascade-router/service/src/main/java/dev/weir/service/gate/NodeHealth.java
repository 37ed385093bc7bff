package dev.weir.service.gate;

/** What the gate's look-out thinks of a node. */
public interface NodeHealth {

  /** Whether new rooms may be placed there. */
  boolean takesRooms(String node);

  /** Whether rooms may be moved there: not right after it came back. */
  boolean takesMoves(String node);

  boolean down(String node);
}
