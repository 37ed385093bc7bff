package dev.weir.session.lease;

import java.time.Instant;

/**
 * What holds a relayed identity in one room at one place.
 *
 * @param holder the leg's owner, with its fence
 * @param revokedAt when a native upgrade took it away; the relay has a moment to leave
 */
public record Lease(String holder, long fence, State state, Instant revokedAt) {
  /** Whether the relay may be there. */
  public enum State {
    HELD,
    REVOKED
  }
}
