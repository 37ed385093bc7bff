package dev.weir.session.move;

/** Why a room moves. */
public enum Cause {
  /** The node is being emptied. */
  DRAIN,
  /** An admin asked for it. */
  DEMAND,
  /** The node is dead, or says that it shuts down: nobody in the room has media. */
  NODE_LOST;

  /** Whether people wait in silence until the move is done. */
  public boolean urgent() {
    return this == NODE_LOST;
  }
}
