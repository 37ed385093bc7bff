package dev.weir.relay.rtp;

import dev.weir.relay.wire.Wire;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The header under which a stream leaves: own payload type, SSRC and sequence number, MID and RID
 * on every packet, the source's marker, timestamp and carried extensions. CSRCs are dropped.
 * Writing allocates nothing.
 */
public final class HeaderTemplate {
  /** No header that is written is longer. */
  public static final int MAX_LENGTH = Rtp.FIXED_HEADER + 4 + 512;

  /** For packets without audio level. */
  public static final int NO_LEVEL = -1;

  private final int payloadType;
  private final int ssrc;
  private final byte[] oneByte;
  private final byte[] twoByte;

  public HeaderTemplate(int payloadType, int ssrc, String mid, @Nullable String rid) {
    this.payloadType = payloadType;
    this.ssrc = ssrc;
    this.oneByte = elements(false, mid, rid);
    this.twoByte = elements(true, mid, rid);
  }

  private static byte[] elements(boolean two, String mid, @Nullable String rid) {
    byte[] midBytes = mid.getBytes(StandardCharsets.US_ASCII);
    byte[] ridBytes = rid == null ? new byte[0] : rid.getBytes(StandardCharsets.US_ASCII);
    byte[] out = new byte[4 + midBytes.length + ridBytes.length];
    int at = element(out, 0, two, Extensions.MID, midBytes);
    if (ridBytes.length > 0) {
      at = element(out, at, two, Extensions.RID, ridBytes);
    }
    return java.util.Arrays.copyOf(out, at);
  }

  private static int element(byte[] out, int at, boolean two, int id, byte[] value) {
    int next = elementHeader(out, at, two, id, value.length);
    System.arraycopy(value, 0, out, next, value.length);
    return next + value.length;
  }

  private static int elementHeader(byte[] out, int at, boolean two, int id, int length) {
    if (two) {
      out[at] = (byte) id;
      out[at + 1] = (byte) length;
      return at + 2;
    }
    out[at] = (byte) (id << 4 | length - 1);
    return at + 1;
  }

  /**
   * Writes the header for the packet {@code in} and returns its length; the payload of the packet
   * follows it unchanged.
   *
   * @param level RFC 6464 byte, or {@link #NO_LEVEL}
   */
  public int write(byte[] in, int off, int sequence, byte[] out, int outOff, int level) {
    boolean two = needsTwoByteForm(in, off);
    int at = outOff + Rtp.FIXED_HEADER + 4;
    byte[] own = two ? twoByte : oneByte;
    System.arraycopy(own, 0, out, at, own.length);
    at += own.length;
    if (level != NO_LEVEL) {
      at = elementHeader(out, at, two, Extensions.AUDIO_LEVEL, 1);
      out[at++] = (byte) level;
    }
    at = carry(in, off, out, at, two);
    while ((at - outOff & 3) != 0) {
      out[at++] = 0;
    }
    fixed(
        out, outOff, (in[off] & 0x20) != 0, Rtp.marker(in, off), sequence, Rtp.timestamp(in, off));
    extensionHeader(out, outOff, two, at);
    return at - outOff;
  }

  /**
   * Writes a whole packet that carries only padding, to make a stream known before there is media
   * for it.
   */
  public int writePadding(int sequence, int timestamp, byte[] out, int outOff) {
    int at = outOff + Rtp.FIXED_HEADER + 4;
    System.arraycopy(oneByte, 0, out, at, oneByte.length);
    at += oneByte.length;
    while ((at - outOff & 3) != 0) {
      out[at++] = 0;
    }
    fixed(out, outOff, true, false, sequence, timestamp);
    extensionHeader(out, outOff, false, at);
    int padding = 32;
    java.util.Arrays.fill(out, at, at + padding, (byte) 0);
    out[at + padding - 1] = (byte) padding;
    return at + padding - outOff;
  }

  private void fixed(
      byte[] out, int outOff, boolean padded, boolean marker, int sequence, int timestamp) {
    out[outOff] = (byte) (padded ? 0xB0 : 0x90);
    out[outOff + 1] = (byte) (marker ? 0x80 | payloadType : payloadType);
    Wire.put16(out, outOff + 2, sequence);
    Wire.put32(out, outOff + 4, timestamp);
    Wire.put32(out, outOff + 8, ssrc);
  }

  private static void extensionHeader(byte[] out, int outOff, boolean two, int end) {
    Wire.put16(out, outOff + 12, two ? Rtp.TWO_BYTE_FORM : Rtp.ONE_BYTE_FORM);
    Wire.put16(out, outOff + 14, (end - outOff - 16) / 4);
  }

  private static boolean needsTwoByteForm(byte[] in, int off) {
    if ((in[off] & 0x10) == 0) {
      return false;
    }
    int block = off + Rtp.FIXED_HEADER + 4 * (in[off] & 15);
    boolean two = (Wire.u16(in, block) & 0xfff0) == Rtp.TWO_BYTE_FORM;
    int end = block + 4 + 4 * Wire.u16(in, block + 2);
    for (int at = block + 4; two && at < end; ) {
      int element = Rtp.elementAt(in, at, end, true);
      if (element < 0) {
        return false;
      }
      int length = Rtp.elementLength(element);
      if (isCarried(element) && (length == 0 || length > 16)) {
        return true;
      }
      at += Rtp.elementHeader(element) == 0 ? 1 : Rtp.elementHeader(element) + length;
    }
    return false;
  }

  private static int carry(byte[] in, int off, byte[] out, int to, boolean two) {
    if ((in[off] & 0x10) == 0) {
      return to;
    }
    int block = off + Rtp.FIXED_HEADER + 4 * (in[off] & 15);
    boolean twoIn = (Wire.u16(in, block) & 0xfff0) == Rtp.TWO_BYTE_FORM;
    int end = block + 4 + 4 * Wire.u16(in, block + 2);
    int written = to;
    for (int at = block + 4; at < end; ) {
      int element = Rtp.elementAt(in, at, end, twoIn);
      if (element < 0) {
        return written;
      }
      int header = Rtp.elementHeader(element);
      int length = Rtp.elementLength(element);
      // A hostile block may repeat an element many times; the target's header stays bounded.
      boolean fits = written + 2 + length - to <= MAX_LENGTH - 64;
      if (header > 0 && isCarried(element) && fits) {
        int value = elementHeader(out, written, two, Rtp.elementId(element), length);
        System.arraycopy(in, at + header, out, value, length);
        written = value + length;
      }
      at += header == 0 ? 1 : header + length;
    }
    return written;
  }

  private static boolean isCarried(int element) {
    int id = Rtp.elementId(element);
    return id < 32 && (Extensions.CARRIED & 1 << id) != 0;
  }
}
