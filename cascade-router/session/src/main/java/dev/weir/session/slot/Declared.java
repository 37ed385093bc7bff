package dev.weir.session.slot;

/** What a client's membership event says about how it picks its focus, if we can read it. */
public enum Declared {
  UNKNOWN,
  /** One focus for everybody: oldest_membership. */
  LEGACY,
  /** Every publisher at its own focus. */
  MULTI_SFU
}
