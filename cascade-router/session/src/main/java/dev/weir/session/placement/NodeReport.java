package dev.weir.session.placement;

import java.time.Instant;

/**
 * What a node last said about itself.
 *
 * @param tracks published tracks, relayed ones too: they are work like any other
 */
public record NodeReport(
    String node,
    String region,
    State state,
    int rooms,
    int participants,
    int tracks,
    long bytesPerSecond,
    Limits limits,
    Instant at) {
  /** Whether a node takes new rooms. */
  public enum State {
    STARTING,
    SERVING,
    DRAINING,
    DRAINED,
    UNREACHABLE
  }

  /** Capacity of a node; zero = no limit of that kind. */
  public record Limits(int participants, int tracks, long bytesPerSecond) {
    public static final Limits DEFAULT = new Limits(500, 0, 0);
  }

  /** How full the node is, by the scarcest of its limits; 1 = full. */
  public double stress() {
    return Math.max(
        share(participants, limits.participants()),
        Math.max(share(tracks, limits.tracks()), share(bytesPerSecond, limits.bytesPerSecond())));
  }

  private static double share(long used, long limit) {
    return limit == 0 ? 0 : (double) used / limit;
  }
}
