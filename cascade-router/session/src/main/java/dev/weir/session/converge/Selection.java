package dev.weir.session.converge;

/** How a member picks the focus that it publishes to. */
public enum Selection {
  /** The first focus of the oldest member. */
  OLDEST_MEMBERSHIP,
  /** Its own first focus. */
  MULTI_SFU,
  /** Its own first transport: {@code rtc.member}. */
  OWN_TRANSPORT,
  /** The active focus that the oldest clients wrote into their events. */
  FOCI_ACTIVE,
  /** Peer to peer. */
  FULL_MESH,
  /** Peer to peer until there are too many members. */
  FULL_MESH_INTO_LIVEKIT,
  /** Not understood; such a member has no focus. */
  UNKNOWN
}
