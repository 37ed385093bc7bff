package dev.weir.relay.rtp;

/**
 * Maps the sequence numbers of a source stream to those of the stream that leaves, closing the gap
 * of every packet that is dropped on purpose, also for packets that come late. A new source stream
 * (the pull was made again) goes on where the old one ended.
 */
public final class SequenceMap {
  private static final int REMEMBERED = 128;

  private final long[] drops = new long[REMEMBERED];
  private int dropCount;
  private long highest;
  private long base;
  private long first;
  private boolean started;
  private int lastOut;

  /**
   * @param first the number of the first packet that leaves
   */
  public SequenceMap(int first) {
    this.lastOut = first - 1 & 0xffff;
  }

  /** The extended number of a packet of the source, near the highest seen. */
  public long extend(int sequence) {
    if (!started) {
      return 0x10000L + sequence;
    }
    return highest + (short) (sequence - (int) highest);
  }

  /** Begins with the first packet of a source stream, or of its successor. */
  public void restart(int sequence) {
    first = 0x10000L + sequence;
    highest = first - 1;
    base = lastOut - highest;
    dropCount = 0;
    started = true;
  }

  public boolean started() {
    return started;
  }

  /**
   * The number under which the packet leaves, or -1 for one from before the start: its number would
   * collide with one that the stream before has used, and two packets under one number are one
   * nonce used twice.
   */
  public int map(long extended) {
    if (extended < first) {
      return -1;
    }
    if (extended > highest) {
      highest = extended;
    }
    long out = extended + base - droppedBefore(extended);
    if (extended == highest) {
      lastOut = (int) out & 0xffff;
    }
    return (int) out & 0xffff;
  }

  /**
   * Notes that the packet does not leave. One that comes after its successors have left stays a
   * gap: closing it then would give a number out twice.
   */
  public void drop(long extended) {
    if (extended <= highest) {
      return;
    }
    highest = extended;
    drops[dropCount++ % REMEMBERED] = extended;
    if (dropCount == 2 * REMEMBERED) {
      // The older half has left the window already: fold it into the base.
      base -= REMEMBERED;
      dropCount = REMEMBERED;
    }
  }

  /** The highest number that has left. */
  public int lastOut() {
    return lastOut;
  }

  /** Takes one number for a packet of the relay's own making. */
  public int insert() {
    base++;
    lastOut = lastOut + 1 & 0xffff;
    return lastOut;
  }

  private int droppedBefore(long extended) {
    int before = dropCount;
    for (int i = dropCount - 1; i >= Math.max(0, dropCount - REMEMBERED); i--) {
      if (drops[i % REMEMBERED] < extended) {
        break;
      }
      before--;
    }
    return before;
  }
}
