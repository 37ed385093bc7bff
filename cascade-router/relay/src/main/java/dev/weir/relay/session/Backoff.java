package dev.weir.relay.session;

import java.util.random.RandomGenerator;

/**
 * Pauses between tries: the first is short, they double to a limit, and they are spread so that
 * many do not come at once.
 */
final class Backoff {
  static final long FIRST_MILLIS = 200;
  static final long LIMIT_MILLIS = 10_000;

  private final RandomGenerator random;
  private int failures;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  long next() {
    long pause = Math.min(LIMIT_MILLIS, FIRST_MILLIS << Math.min(failures, 10));
    failures++;
    return pause / 2 + random.nextLong(pause / 2 + 1);
  }

  void reset() {
    failures = 0;
  }
}
