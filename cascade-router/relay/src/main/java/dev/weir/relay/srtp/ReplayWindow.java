package dev.weir.relay.srtp;

/**
 * Which of the newest packet indexes were seen. Wide enough for packets that are sent again after a
 * second of loss.
 */
final class ReplayWindow {
  static final int WIDTH = 2048;

  private final long[] bits = new long[WIDTH / 64];
  private long highest = -1;

  boolean started() {
    return highest >= 0;
  }

  long highest() {
    return highest;
  }

  /** Whether a packet of that index may still be accepted. */
  boolean admits(long index) {
    if (index < 0) {
      return false;
    }
    if (index > highest) {
      return true;
    }
    return highest - index < WIDTH && (bits[slot(index)] & 1L << index) == 0;
  }

  /** Marks an index after its packet proved authentic. */
  void mark(long index) {
    if (index > highest) {
      if (highest < 0 || index - highest >= WIDTH) {
        java.util.Arrays.fill(bits, 0);
      } else {
        for (long passed = highest + 1; passed <= index; passed++) {
          bits[slot(passed)] &= ~(1L << passed);
        }
      }
      highest = index;
    }
    bits[slot(index)] |= 1L << index;
  }

  private static int slot(long index) {
    return (int) (index >>> 6) & WIDTH / 64 - 1;
  }
}
