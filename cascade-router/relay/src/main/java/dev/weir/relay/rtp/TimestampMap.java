package dev.weir.relay.rtp;

/**
 * Timestamps under which a stream leaves. A server gives each new subscription a base of its own;
 * whoever sees one stream across a new subscription must see its time go on, or takes all that
 * comes for older than what it has.
 */
public final class TimestampMap {
  /** Sources that go on as before are further off than this only when they stood still. */
  private static final long TOLERANCE_NANOS = 1_000_000_000L;

  private final int clockRate;
  private boolean any;
  private int offset;
  private int last;
  private long lastAt;

  public TimestampMap(int clockRate) {
    this.clockRate = clockRate;
  }

  /** The source may have begun anew: its next timestamp tells how far it is from the last one. */
  public void restart(int timestamp, long now) {
    if (!any) {
      return;
    }
    int expected = last + (int) ((now - lastAt) / 1_000 * clockRate / 1_000_000);
    long error = (long) (timestamp + offset - expected) * 1_000_000_000L / clockRate;
    if (Math.abs(error) > TOLERANCE_NANOS) {
      offset = expected - timestamp;
    }
  }

  /** The timestamp of a packet that leaves now. */
  public int map(int timestamp, long now) {
    any = true;
    last = timestamp + offset;
    lastAt = now;
    return last;
  }

  /** Of something that is told about the stream; nothing is noted. */
  public int peek(int timestamp) {
    return timestamp + offset;
  }

  /** The newest one that left. */
  public int last() {
    return last;
  }
}
