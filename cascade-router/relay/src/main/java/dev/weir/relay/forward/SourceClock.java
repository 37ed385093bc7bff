package dev.weir.relay.forward;

/**
 * The wall clock of a track's publisher, as the sender reports of its layers tell. They come
 * seconds apart and may be lost, and a server that has not seen one of a layer switches no viewer
 * away from it or to it. By this clock a layer is reported as soon as any other one was.
 */
public final class SourceClock {
  private static final long SECOND = 1_000_000_000L;

  private long ahead;
  private boolean known;

  /** A report came just now that says what time it is. */
  void told(long ntp, long now) {
    ahead = (ntp >>> 32) * SECOND + ((ntp & 0xffff_ffffL) * SECOND >>> 32) - now;
    known = true;
  }

  boolean known() {
    return known;
  }

  /** The publisher's time at an instant of ours, as NTP writes it. */
  long ntpAt(long nanoTime) {
    long nanos = ahead + nanoTime;
    return nanos / SECOND << 32 | (nanos % SECOND << 32) / SECOND;
  }
}
