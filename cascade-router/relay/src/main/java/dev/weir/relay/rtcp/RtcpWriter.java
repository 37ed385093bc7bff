package dev.weir.relay.rtcp;

import dev.weir.relay.wire.Wire;

/**
 * Writes single RTCP packets (reduced size) into an array that the caller owns; each returns its
 * length.
 */
public final class RtcpWriter {
  static final int REMB = 'R' << 24 | 'E' << 16 | 'M' << 8 | 'B';

  private RtcpWriter() {}

  public static int pli(byte[] b, int at, int sender, int media) {
    header(b, at, RtcpReader.PLI, RtcpReader.PAYLOAD_FEEDBACK, 12);
    Wire.put32(b, at + 4, sender);
    Wire.put32(b, at + 8, media);
    return 12;
  }

  /** The fixed part of a NACK; add {@link #nackItem}s and end with {@link #endNack}. */
  public static int beginNack(byte[] b, int at, int sender, int media) {
    header(b, at, RtcpReader.NACK, RtcpReader.TRANSPORT_FEEDBACK, 12);
    Wire.put32(b, at + 4, sender);
    Wire.put32(b, at + 8, media);
    return 12;
  }

  public static int nackItem(byte[] b, int at, int sequence, int following) {
    Wire.put16(b, at, sequence);
    Wire.put16(b, at + 2, following);
    return 4;
  }

  public static void endNack(byte[] b, int at, int length) {
    Wire.put16(b, at + 2, length / 4 - 1);
  }

  /**
   * A sender report.
   *
   * @param ntp a moment of the publisher's wall clock
   * @param timestamp the RTP time of that moment in the stream that leaves
   */
  public static int senderReport(
      byte[] b, int at, int ssrc, long ntp, int timestamp, long packets, long bytes) {
    header(b, at, 0, RtcpReader.SENDER_REPORT, 28);
    Wire.put32(b, at + 4, ssrc);
    Wire.put64(b, at + 8, ntp);
    Wire.put32(b, at + 16, timestamp);
    Wire.put32(b, at + 20, (int) packets);
    Wire.put32(b, at + 24, (int) bytes);
    return 28;
  }

  /**
   * A receiver report without blocks yet; append them with {@link #block} and end with {@link
   * #endReport}.
   */
  public static int beginReport(byte[] b, int at, int sender) {
    header(b, at, 0, RtcpReader.RECEIVER_REPORT, 8);
    Wire.put32(b, at + 4, sender);
    return 8;
  }

  public static int block(
      byte[] b,
      int at,
      int ssrc,
      int fraction,
      int lost,
      int highest,
      int jitter,
      int lastReport,
      int delay) {
    Wire.put32(b, at, ssrc);
    Wire.put32(b, at + 4, fraction << 24 | Math.clamp(lost, -0x800000, 0x7fffff) & 0xffffff);
    Wire.put32(b, at + 8, highest);
    Wire.put32(b, at + 12, jitter);
    Wire.put32(b, at + 16, lastReport);
    Wire.put32(b, at + 20, delay);
    return 24;
  }

  public static void endReport(byte[] b, int at, int length, int blocks) {
    b[at] = (byte) (0x80 | blocks);
    Wire.put16(b, at + 2, length / 4 - 1);
  }

  /** Receiver estimated maximum bitrate, for up to 255 streams. */
  public static int remb(byte[] b, int at, int sender, long bitsPerSecond, int[] ssrcs, int count) {
    int length = 20 + 4 * count;
    header(b, at, RtcpReader.APPLICATION, RtcpReader.PAYLOAD_FEEDBACK, length);
    Wire.put32(b, at + 4, sender);
    Wire.put32(b, at + 8, 0);
    Wire.put32(b, at + 12, REMB);
    int exponent = Math.max(0, 64 - Long.numberOfLeadingZeros(bitsPerSecond) - 18);
    b[at + 16] = (byte) count;
    Wire.put24(b, at + 17, exponent << 18 | (int) (bitsPerSecond >> exponent));
    for (int i = 0; i < count; i++) {
      Wire.put32(b, at + 20 + 4 * i, ssrcs[i]);
    }
    return length;
  }

  private static void header(byte[] b, int at, int count, int type, int length) {
    b[at] = (byte) (0x80 | count);
    b[at + 1] = (byte) type;
    Wire.put16(b, at + 2, length / 4 - 1);
  }
}
