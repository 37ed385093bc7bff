package dev.weir.session.delegation;

/** Where a job stands. */
public sealed interface JobState {
  /** For "never" and "not known", so that times can be compared. */
  long NEVER = Long.MAX_VALUE;

  /**
   * No attachment yet, or a newer one is on its way.
   *
   * @param until from then on the SFUs are asked, and their "not there" is believed
   * @param aborted the only connection attempt was given up: nothing is sent when time is over
   */
  record Waiting(long until, boolean aborted) implements JobState {}

  /** Some publishing-capable attachment is live, as far as anybody knows. */
  record Connected() implements JobState {}

  /**
   * The member is gone.
   *
   * @param until then the homeserver's own timer has fired
   * @param trustAt when the leave is sent even if no SFU could confirm it; {@link #NEVER} after a
   *     takeover, when the reason for leaving was somebody else's; 0 once it is confirmed
   */
  record Leaving(long until, long trustAt) implements JobState {
    boolean confirmed() {
      return trustAt == 0;
    }
  }

  /** A newer delayed event took over, and this one must not fire into the new session. */
  record Replaced(Verb verb, long until) implements JobState {}

  /** Nothing more to do. */
  record Ended(Ending why) implements JobState {}
}
