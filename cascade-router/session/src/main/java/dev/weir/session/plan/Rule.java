package dev.weir.session.plan;

/** Why a publisher is relayed into a room. */
public enum Rule {
  /** The room is for the publisher's focus. */
  R1,
  /** The publisher is legacy, so viewers may look for it in any of their rooms. */
  R2,
  /** A viewer of the room is legacy, and has no other room to look in. */
  R3
}
