package dev.weir.service.peering;

import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many admissions each partner may still ask for: a bucket that refills by the second. */
final class PeerAllowances {
  private final InstantSource clock;
  private final Map<PeerKey, Bucket> buckets = new ConcurrentHashMap<>();

  private record Bucket(double tokens, long atMillis) {}

  PeerAllowances(InstantSource clock) {
    this.clock = clock;
  }

  void takeAdmit(Agreement agreement) throws PeerRefusal {
    double perSecond = agreement.limits().admitsPerSecond();
    double most = Math.max(1, perSecond * 2);
    long now = clock.millis();
    var taken = new boolean[1];
    buckets.compute(
        agreement.key(),
        (key, before) -> {
          double tokens =
              before == null
                  ? most
                  : Math.min(
                      most,
                      before.tokens() + perSecond * Math.max(0, now - before.atMillis()) / 1000.0);
          taken[0] = tokens >= 1;
          return new Bucket(taken[0] ? tokens - 1 : tokens, now);
        });
    if (!taken[0]) {
      throw new PeerRefusal(PeerRefusal.Reason.OVER_LIMIT, "admissions per second");
    }
  }

  void forget(PeerKey key) {
    buckets.remove(key);
  }
}
