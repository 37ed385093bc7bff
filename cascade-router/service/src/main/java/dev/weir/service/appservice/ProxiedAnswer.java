package dev.weir.service.appservice;

import dev.weir.service.token.TokenAnswer;

/** What a homeserver gets for its caller. */
public sealed interface ProxiedAnswer {
  /** Decided by the token desk. */
  record Served(TokenAnswer answer) implements ProxiedAnswer {}

  /** The token that the destination's own service gave. */
  record Relayed(String jwt, String url) implements ProxiedAnswer {
    @Override
    public String toString() {
      return "Relayed[" + url + "]";
    }
  }

  record Refused(Refusal why) implements ProxiedAnswer {}

  /** Why there is no token; the texts for clients are chosen where HTTP is spoken. */
  enum Refusal {
    /** The URL leads elsewhere, here or at the destination. */
    NOT_OUR_URL,
    BAD_USER_ID,
    /** The origin speaks for a user of another server. */
    NOT_ITS_USER,
    NO_CLIENT_API,
    NOT_JOINED,
    /** The homeserver does not say who is joined. */
    MEMBERSHIP_UNKNOWN,
    UNKNOWN_DELAY_ID,
    /** The homeserver does not say how long the event waits. */
    DELAY_UNKNOWN,
    DESTINATION_AWAY
  }
}
