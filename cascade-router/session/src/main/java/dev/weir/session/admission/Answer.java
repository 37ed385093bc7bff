package dev.weir.session.admission;

import dev.weir.session.Role;
import dev.weir.session.Site;

/** What a router does with a token request. */
public sealed interface Answer {
  /** Attach the member at this site. */
  record Attach(Ticket ticket) implements Answer {}

  /**
   * Ask the member's home site to attach it there ({@code Admit}); if it cannot, {@link
   * Admission#withoutHome} says how to go on.
   */
  record AskHome(Site home, Role role) implements Answer {}

  /** No token. */
  record Refuse(Reason reason) implements Answer {}

  /** Why there is no token. */
  enum Reason {
    /** The slot is closed, or the policy keeps strangers out. */
    FORBIDDEN,
    /** The home site says that the user's token is not valid. */
    UNAUTHORIZED,
    /** Nobody can carry it now: 503 with Retry-After. */
    TRY_LATER,
    /** The delayed leave cannot be kept for this attachment: the client must keep it itself. */
    NO_DELEGATION
  }
}
