package dev.weir.session.slot;

import dev.weir.session.Room;

/**
 * A room of ours that moves between two nodes.
 *
 * @param switched the gate's route points to the new node: the old one is no target any more
 */
public record RoomMove(Room room, String from, String to, boolean switched) {
  /** Whether the two nodes are the old and the new one, in either direction. */
  public boolean joins(Room other, String a, String b) {
    return room.equals(other)
        && ((from.equals(a) && to.equals(b)) || (from.equals(b) && to.equals(a)));
  }
}
