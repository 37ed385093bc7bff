package dev.weir.relay.forward;

/**
 * How much longer than at best the packets of a stream are under way. Only the fastest packet of
 * each interval counts: bursts and a busy machine delay some packets, a full queue on the link
 * delays all of them.
 */
final class StandingDelay {
  static final long UNKNOWN = -1;

  private static final int ENOUGH = 8;
  private static final long PAUSE = 500_000_000L;
  private static final long JUMP = 1_000_000_000L;
  private static final int BASE_INTERVALS = 20;

  private final long[] minima = new long[BASE_INTERVALS];
  private int intervals;
  private long fastest = Long.MAX_VALUE;
  private int packets;
  private long lastArrival;
  private long lastDelay;
  private int lastTimestamp;
  private long mediaNanos;

  /** Notes a packet; arrival on this side's clock, timestamp on the source's. */
  void arrived(int timestamp, int clockRate, long now) {
    long step = (long) (timestamp - lastTimestamp) * 1_000_000_000L / clockRate;
    lastTimestamp = timestamp;
    mediaNanos += step;
    long delay = now - mediaNanos;
    // A stream that paused or whose clock was set anew says nothing about what was before.
    if (now - lastArrival > PAUSE || Math.abs(delay - lastDelay) > JUMP) {
      intervals = 0;
      fastest = Long.MAX_VALUE;
      packets = 0;
    }
    lastArrival = now;
    lastDelay = delay;
    fastest = Math.min(fastest, delay);
    packets++;
  }

  /** Ends an interval: the delay above the best one, in nanoseconds, or {@link #UNKNOWN}. */
  long endInterval() {
    if (packets < ENOUGH) {
      return UNKNOWN;
    }
    long now = fastest;
    fastest = Long.MAX_VALUE;
    packets = 0;
    minima[intervals++ % BASE_INTERVALS] = now;
    long base = now;
    for (int i = 0; i < Math.min(intervals, BASE_INTERVALS); i++) {
      base = Math.min(base, minima[i]);
    }
    return now - base;
  }
}
