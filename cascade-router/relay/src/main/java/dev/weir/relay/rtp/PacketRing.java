package dev.weir.relay.rtp;

/**
 * The packets that a stream sent lately, as they went over the wire, to answer NACKs without
 * encrypting again. One byte array; the oldest packets give way. Not thread-safe.
 */
public final class PacketRing {
  private static final int SLOTS_PER_KILOBYTE = 2;

  private final byte[] bytes;
  private final int[] sequences;
  private final int[] offsets;
  private final int[] lengths;
  private final long[] starts;
  private final long[] resentAt;
  private final int slotMask;
  private int at;
  private long written;

  /**
   * @param size bytes of history; the largest packet must fit twice
   */
  public PacketRing(int size) {
    bytes = new byte[size];
    int slots = Integer.highestOneBit(Math.max(64, size / 1024 * SLOTS_PER_KILOBYTE));
    slotMask = slots - 1;
    sequences = new int[slots];
    offsets = new int[slots];
    lengths = new int[slots];
    starts = new long[slots];
    resentAt = new long[slots];
    java.util.Arrays.fill(sequences, -1);
  }

  /** The array that {@link #reserve} and {@link #find} point into. */
  public byte[] bytes() {
    return bytes;
  }

  /** Room for one packet; it counts once it is committed. */
  public int reserve(int length) {
    if (at + length > bytes.length) {
      written += bytes.length - at;
      at = 0;
    }
    return at;
  }

  public void commit(int sequence, int length) {
    int slot = sequence & slotMask;
    sequences[slot] = sequence;
    offsets[slot] = at;
    lengths[slot] = length;
    starts[slot] = written;
    resentAt[slot] = 0;
    at += length;
    written += length;
  }

  /**
   * Finds a packet that shall be sent again: its offset with its length above bit 32, or -1 when it
   * is gone or was sent again less than {@code quietNanos} ago.
   */
  public long find(int sequence, long nowNanos, long quietNanos) {
    int slot = sequence & slotMask;
    if (sequences[slot] != sequence || written - starts[slot] > bytes.length) {
      return -1;
    }
    if (resentAt[slot] != 0 && nowNanos - resentAt[slot] < quietNanos) {
      return -1;
    }
    resentAt[slot] = nowNanos == 0 ? 1 : nowNanos;
    return (long) lengths[slot] << 32 | offsets[slot];
  }
}
