package dev.weir.session.slot;

import java.time.Duration;
import java.time.Instant;

/**
 * A brake that lets a burst through and then one for each interval. Shared by all slots of a site
 * in one replica, and so the only thing here that changes; time is told to it.
 */
public final class TokenBucket implements SlotPolicy.Brake {
  private final int burst;
  private final Duration interval;
  private Instant fullAt = Instant.EPOCH;

  public TokenBucket(int burst, Duration interval) {
    this.burst = burst;
    this.interval = interval;
  }

  @Override
  public synchronized boolean mayNow(Instant now) {
    // With n tokens missing the bucket is full again n intervals from now.
    Instant from = fullAt.isAfter(now) ? fullAt : now;
    Instant next = from.plus(interval);
    if (next.isAfter(now.plus(interval.multipliedBy(burst)))) {
      return false;
    }
    fullAt = next;
    return true;
  }
}
