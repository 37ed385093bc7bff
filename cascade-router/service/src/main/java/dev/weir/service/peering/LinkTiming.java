package dev.weir.service.peering;

import java.time.Duration;

/** How patient a link is. Tests use short ones; the defaults are the protocol's. */
public record LinkTiming(
    Duration heartbeat,
    Duration silence,
    Duration firstRetry,
    Duration slowestRetry,
    Duration callDeadline) {
  public static final LinkTiming DEFAULT =
      new LinkTiming(
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofMillis(250),
          Duration.ofSeconds(3),
          Duration.ofSeconds(5));
}
