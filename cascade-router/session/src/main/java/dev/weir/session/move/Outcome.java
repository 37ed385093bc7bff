package dev.weir.session.move;

/** How a move ended. */
public enum Outcome {
  MOVED,
  /** The room moved, and then the new node was lost too: it has to move again. */
  TARGET_LOST,
  /** The new node did not make the room in time. */
  NO_ROOM,
  /** Somebody else moved the room first. */
  OVERTAKEN,
  WITHDRAWN;

  /** Whether the room is at a place that this move gave it. */
  public boolean moved() {
    return this == MOVED || this == TARGET_LOST;
  }
}
