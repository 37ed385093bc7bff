package dev.weir.service.token;

import java.time.Duration;

/** What a client gets. */
public sealed interface TokenAnswer {
  record Granted(Attached attached) implements TokenAnswer {}

  /** The leave is kept; there is no token in this answer. */
  record LeaveKept() implements TokenAnswer {}

  record Denied(Why why) implements TokenAnswer {}

  /** Try again later. */
  record Later(Duration after) implements TokenAnswer {}

  /** The user has asked too often. */
  record TooMany() implements TokenAnswer {}

  /** Why there is no token; the texts for clients are chosen where HTTP is spoken. */
  enum Why {
    UNAUTHORIZED,
    FORBIDDEN,
    RESTRICTED_DELEGATION,
    DELEGATION_UNAVAILABLE,
    NO_ROOM
  }
}
