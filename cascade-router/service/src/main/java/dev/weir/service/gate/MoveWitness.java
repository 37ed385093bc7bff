package dev.weir.service.gate;

/**
 * Learns of moves as they happen: delegation, so that a leave on the old node is no evidence; the
 * session view, so that legs follow the room. Every bean of this type is told, on virtual threads;
 * a replica that takes a move over tells it again.
 */
public interface MoveWitness {

  /** A room begins to move, or, with {@code switched}, its route points to the new node now. */
  void moving(RoomKey room, String from, String to, boolean switched);

  /** The move is over; when {@code moved} is false the room is where it was. */
  void ended(RoomKey room, String from, String to, boolean moved);

  /**
   * A node does not answer, or has just begun to answer again: what it says of who is gone is no
   * evidence for a while.
   */
  default void silent(String node) {}

  /**
   * A client of the room, at that node, is about to be bound to a partner's gate: its leave, which
   * comes before it arrives there, is no evidence. To be done with when it returns; may block.
   */
  default void goingElsewhere(RoomKey room, String node) {}

  /**
   * A client's signalling goes to a partner's gate now, or no longer does: what the room's own node
   * says of the client meanwhile is no evidence. Told on an event loop: must not block. Told again
   * from time to time.
   */
  default void bound(RoomKey room, String identity, boolean elsewhere) {}

  /** Whether the relay's sessions of remote members stand in the room at the node. */
  default boolean remotesReady(RoomKey room, String node) {
    return true;
  }
}
