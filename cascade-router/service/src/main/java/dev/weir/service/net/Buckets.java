package dev.weir.service.net;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A token bucket for each name: so many at once, and so many a second for as long as one likes. */
public final class Buckets {
  private static final int MOST_NAMES = 100_000;

  private final double perSecond;
  private final double burst;
  private final InstantSource clock;
  private final Cache<String, Bucket> buckets;

  public Buckets(double perSecond, double burst, InstantSource clock) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.clock = clock;
    // A bucket that has been left alone for so long is full again, so it can be forgotten.
    Duration full = Duration.ofMillis((long) (1000 * burst / perSecond) + 1000);
    this.buckets = Caffeine.newBuilder().maximumSize(MOST_NAMES).expireAfterAccess(full).build();
  }

  /** False when the name has had its share. */
  public boolean take(String name) {
    Instant now = clock.instant();
    return buckets.get(name, any -> new Bucket(now)).take(now);
  }

  private final class Bucket {
    private double tokens = burst;
    private Instant at;

    private Bucket(Instant now) {
      this.at = now;
    }

    private synchronized boolean take(Instant now) {
      double since = Duration.between(at, now).toNanos() / 1e9;
      tokens = Math.min(burst, tokens + Math.max(0, since) * perSecond);
      at = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }
}
