package dev.weir.session.admission;

/** What came of asking the home site. */
public enum HomeVerdict {
  /** The home site refuses the user's token. */
  UNAUTHORIZED,
  /** The home site's policy keeps its users from this focus. */
  FORBIDDEN,
  /** The home site is there, but cannot bring the media. */
  UNAVAILABLE,
  /** The home site did not answer. */
  AWAY,
  /** The home site would admit the user, but cannot keep the delayed leave. */
  NO_DELEGATION
}
