package dev.weir.session.slot;

import dev.weir.session.view.RecordLimits;
import dev.weir.session.view.SiteDirectory;
import java.time.Duration;
import java.time.Instant;

/**
 * A site's settings for its slots.
 *
 * @param suspicionAfter how long an own member may leave a peer's focus alone before it is taken
 *     for legacy
 * @param suspicionAfterAsking the same, after each time that it asked for a token of that focus
 * @param suspicionLingers how long a suspicion is kept after its reason has gone
 * @param suspicions a site-wide brake: false = not now
 */
public record SlotPolicy(
    String replica,
    SiteDirectory sites,
    RecordLimits limits,
    int hintedSites,
    Duration suspicionAfter,
    Duration suspicionAfterAsking,
    Duration suspicionLingers,
    Brake suspicions) {

  /** Bounds how often something may happen, over all slots of a site. */
  @FunctionalInterface
  public interface Brake {
    boolean mayNow(Instant now);
  }

  public static SlotPolicy defaults(String replica, SiteDirectory sites) {
    return new SlotPolicy(
        replica,
        sites,
        RecordLimits.DEFAULT,
        64,
        Duration.ofSeconds(3),
        Duration.ofSeconds(6),
        Duration.ofSeconds(5),
        new TokenBucket(20, Duration.ofMillis(200)));
  }

  public SlotPolicy withSuspicions(Brake brake) {
    return new SlotPolicy(
        replica,
        sites,
        limits,
        hintedSites,
        suspicionAfter,
        suspicionAfterAsking,
        suspicionLingers,
        brake);
  }
}
