package dev.weir.service.peering.trust;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What partners publish about themselves, remembered.
 *
 * <p>A document is fetched anew every hour, and earlier when a presented key is not in it (a
 * partner that rotates). When the partner's web is away the last document holds for a week: a web
 * server that is down must not end calls.
 */
public final class Discovery {
  static final Duration REFRESH = Duration.ofHours(1);
  static final Duration KEEP = Duration.ofDays(7);
  static final Duration EARLIEST_REPEAT = Duration.ofSeconds(15);

  /** Fetches {@code https://<serverName>/.well-known/weir}; the web PKI proves the name. */
  @FunctionalInterface
  public interface Fetch {
    byte[] get(String serverName) throws IOException;
  }

  /** What is known of one partner's document. */
  public record Found(
      @Nullable WellKnownDocument document, Instant at, @Nullable String problem, Instant tried) {}

  private final Fetch fetch;
  private final InstantSource clock;
  private final Map<String, Found> found = new ConcurrentHashMap<>();

  public Discovery(Fetch fetch, InstantSource clock) {
    this.fetch = fetch;
    this.clock = clock;
  }

  /** The last good document; never waits for the network. */
  public Optional<WellKnownDocument> known(String serverName) {
    Found f = found.get(serverName);
    return f == null || f.document() == null || clock.instant().isAfter(f.at().plus(KEEP))
        ? Optional.empty()
        : Optional.of(f.document());
  }

  /** Why the last try failed, if it did. */
  public Optional<String> problem(String serverName) {
    Found f = found.get(serverName);
    return f == null ? Optional.empty() : Optional.ofNullable(f.problem());
  }

  /** The document, fetched when it is old, or when the caller has a reason to doubt it. */
  public Optional<WellKnownDocument> refresh(String serverName, boolean doubted) {
    Instant now = clock.instant();
    Found before = found.get(serverName);
    if (before != null) {
      boolean fresh = before.problem() == null && now.isBefore(before.at().plus(REFRESH));
      boolean tooSoon = now.isBefore(before.tried().plus(EARLIEST_REPEAT));
      if ((fresh && !doubted) || tooSoon) {
        return known(serverName);
      }
    }
    Found after;
    try {
      after = new Found(WellKnownDocument.parse(fetch.get(serverName)), now, null, now);
    } catch (IOException | WellKnownDocument.BadDocument e) {
      String problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      after =
          before == null
              ? new Found(null, Instant.EPOCH, problem, now)
              : new Found(before.document(), before.at(), problem, now);
    }
    found.put(serverName, after);
    return known(serverName);
  }

  public void forget(String serverName) {
    found.remove(serverName);
  }
}
