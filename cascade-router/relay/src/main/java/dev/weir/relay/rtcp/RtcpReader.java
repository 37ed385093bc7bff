package dev.weir.relay.rtcp;

import dev.weir.relay.wire.Wire;

/** Walks a compound packet. A packet whose length does not fit ends the walk. */
public final class RtcpReader {
  static final int SENDER_REPORT = 200;
  static final int RECEIVER_REPORT = 201;
  static final int TRANSPORT_FEEDBACK = 205;
  static final int PAYLOAD_FEEDBACK = 206;
  static final int NACK = 1;
  static final int PLI = 1;
  static final int FIR = 4;
  static final int APPLICATION = 15;

  /** Told of what is of use to a relay. */
  public interface Visitor {
    /**
     * @param at where the report starts; NTP time at 8, RTP time at 16
     */
    default void senderReport(byte[] b, int at, int ssrc) {}

    /** A report about a stream that this side sends. */
    default void reportBlock(int ssrc, int fractionLost, int cumulativeLost, int jitter) {}

    default void keyFrameRequest(int ssrc) {}

    /**
     * Packet {@code sequence} is asked for, and each {@code sequence + 1 + i} whose bit i is set.
     */
    default void nack(int ssrc, int sequence, int following) {}

    /** The other side can take that much. */
    default void remb(long bitsPerSecond) {}
  }

  private RtcpReader() {}

  /** The RTP timestamp that a sender report names. */
  public static int reportedTimestamp(byte[] b, int at) {
    return Wire.i32(b, at + 16);
  }

  /** The wall-clock time that a sender report names, as NTP writes it. */
  public static long reportedTime(byte[] b, int at) {
    return Wire.i64(b, at + 8);
  }

  public static void read(byte[] b, int off, int len, Visitor visitor) {
    int end = off + len;
    int at = off;
    while (at + 8 <= end && (b[at] & 0xC0) == 0x80) {
      int next = at + 4 * (Wire.u16(b, at + 2) + 1);
      if (next > end || next < at + 8) {
        return;
      }
      packet(b, at, next, visitor);
      at = next;
    }
  }

  private static void packet(byte[] b, int at, int end, Visitor visitor) {
    int count = b[at] & 31;
    switch (Wire.u8(b, at + 1)) {
      case SENDER_REPORT -> {
        if (end - at >= 28) {
          visitor.senderReport(b, at, Wire.i32(b, at + 4));
          blocks(b, at + 28, end, count, visitor);
        }
      }
      case RECEIVER_REPORT -> blocks(b, at + 8, end, count, visitor);
      case TRANSPORT_FEEDBACK -> {
        if (count == NACK) {
          for (int item = at + 12; item + 4 <= end; item += 4) {
            visitor.nack(Wire.i32(b, at + 8), Wire.u16(b, item), Wire.u16(b, item + 2));
          }
        }
      }
      case PAYLOAD_FEEDBACK -> payloadFeedback(b, at, end, count, visitor);
      default -> {}
    }
  }

  private static void blocks(byte[] b, int from, int end, int count, Visitor visitor) {
    int at = from;
    for (int i = 0; i < count && at + 24 <= end; i++, at += 24) {
      visitor.reportBlock(
          Wire.i32(b, at), Wire.u8(b, at + 4), Wire.u24(b, at + 5) << 8 >> 8, Wire.i32(b, at + 12));
    }
  }

  private static void payloadFeedback(byte[] b, int at, int end, int format, Visitor visitor) {
    if (format == PLI && end - at >= 12) {
      visitor.keyFrameRequest(Wire.i32(b, at + 8));
    } else if (format == FIR) {
      for (int item = at + 12; item + 8 <= end; item += 8) {
        visitor.keyFrameRequest(Wire.i32(b, item));
      }
    } else if (format == APPLICATION && end - at >= 20 && Wire.i32(b, at + 12) == RtcpWriter.REMB) {
      int word = Wire.u24(b, at + 17);
      visitor.remb((long) (word & 0x3ffff) << (word >> 18));
    }
  }
}
