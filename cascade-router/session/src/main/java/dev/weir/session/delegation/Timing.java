package dev.weir.session.delegation;

import java.util.random.RandomGenerator;

/** Every period of the job machine, and the randomness that spreads calls over time. */
public final class Timing {
  /** A leave whose reason is doubtful is believed only after the SFUs were asked this long. */
  public static final long GRACE = 30_000;

  /** A token that was given out is expected to be used within this time. */
  public static final long EXPECTATION = 30_000;

  /** A client whose first connection was given up tries again within this time, or not at all. */
  static final long ABORT_GRACE = 10_000;

  /** An SFU's own word that the member left counts after this time, if nobody can confirm it. */
  static final long TRUST = 2_000;

  /** After a takeover, the time in which a client that was just reconnecting arrives. */
  static final long SETTLE = 5_000;

  static final long HOUR = 3_600_000;
  private static final long SECOND = 1_000;
  private static final long BACKOFF_CAP = 60_000;
  private static final long SHORTEST_RETRY = 250;

  private final RandomGenerator random;

  public Timing(RandomGenerator random) {
    this.random = random;
  }

  /** Restarts are due when 80 % of the delay is over. */
  static long beat(long delayMillis) {
    return Math.max(1, delayMillis * 4 / 5);
  }

  /**
   * The first beat is shortened at random: jobs that were all restarted at once, as after a
   * takeover, would otherwise come together for ever.
   */
  long firstBeat(long delayMillis) {
    long beat = beat(delayMillis);
    return beat / 2 + random.nextLong(beat / 2 + 1);
  }

  /**
   * 1 s x 1.5 each time, +-50 %, at most 60 s; and never more than a third of what is left, so that
   * the last seconds of an event are not slept away.
   */
  long backoff(int failures, long left) {
    double plain = Math.min(BACKOFF_CAP, SECOND * Math.pow(1.5, Math.min(failures, 20)));
    long spread = Math.min(BACKOFF_CAP, (long) (plain * (0.5 + random.nextDouble())));
    return Math.max(SHORTEST_RETRY, Math.min(spread, left / 3));
  }

  static long waiting(long delayMillis) {
    return Math.min(HOUR, delayMillis);
  }

  static long clamp(long left) {
    return Math.clamp(left, SECOND, HOUR);
  }
}
