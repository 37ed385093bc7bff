package dev.weir.service.token;

import dev.weir.session.Site;
import dev.weir.session.delegation.Delegation;

/** Keeps delayed leaves alive for clients. Implemented by the delegation package; may block. */
public interface DelegatedLeaves {
  /** What came of it; anything but the first makes the client keep its leave itself. */
  enum Outcome {
    STORED,
    /** The client-server API of the user's homeserver cannot be found. */
    NO_CLIENT_API,
    /** It cannot be kept now: the store is away, or the delay is out of bounds. */
    UNAVAILABLE
  }

  /**
   * Whether {@link #accept} could succeed for a user of this server: asked before a room is made.
   */
  Outcome check(Site site, String serverName);

  /** Stores it durably. */
  Outcome accept(Delegation delegation);

  /**
   * The user left the Matrix room or was banned from it: its leaves need not be sent any more.
   * Never blocks.
   */
  void kicked(Site site, String roomId, String user);
}
