package dev.weir.session.move;

/** How far a move is. Until SWITCHING is left, nothing that a client could see has happened. */
public enum Phase {
  /** The room is being made on the new node. */
  CREATING,
  /** The relay brings the members of other sites to the new place. */
  WELCOMING,
  /** The route is being switched, once, for the whole room. */
  SWITCHING,
  /** Clients were told, and come over. */
  ARRIVING,
  /** The relay leaves the old place. */
  CLOSING,
  DONE,
  ROLLED_BACK;

  public boolean over() {
    return this == DONE || this == ROLLED_BACK;
  }

  /** Whether giving the move up leaves everything as it was. */
  public boolean reversible() {
    return this == CREATING || this == WELCOMING;
  }
}
