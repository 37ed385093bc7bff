package dev.weir.operator.run;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Proves that the reconcile loop is alive: every pool is looked at again within its poll interval,
 * so a pool that is long overdue means that the loop hangs.
 */
public final class Pulse {
  static final Duration LATE = Duration.ofMinutes(5);

  private final InstantSource clock;
  private final Map<String, Instant> expected = new ConcurrentHashMap<>();

  public Pulse(InstantSource clock) {
    this.clock = clock;
  }

  /** The object was looked at, and will be again. */
  public void beat(String uid, Duration next) {
    expected.put(uid, clock.instant().plus(next));
  }

  /** The object does not exist any more. */
  public void gone(String uid) {
    expected.remove(uid);
  }

  boolean alive() {
    Instant limit = clock.instant().minus(LATE);
    return expected.values().stream().noneMatch(due -> due.isBefore(limit));
  }

  int watched() {
    return expected.size();
  }
}
