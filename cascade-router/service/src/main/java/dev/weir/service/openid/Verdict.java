package dev.weir.service.openid;

/** What the homeserver of a token says about it. */
public sealed interface Verdict {
  /** The token is this user's. */
  record Verified(String userId) implements Verdict {}

  /** The token proves nothing. The reason is for our own log. */
  record Refused(String reason) implements Verdict {}

  /** Nobody could be asked. The reason is for our own log. */
  record Unreachable(String reason) implements Verdict {}
}
