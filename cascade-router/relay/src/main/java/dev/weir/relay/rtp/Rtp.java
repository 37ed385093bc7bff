package dev.weir.relay.rtp;

import dev.weir.relay.wire.Wire;

/** The fixed fields of an RTP packet (RFC 3550) and its extension block (RFC 8285). */
public final class Rtp {
  public static final int FIXED_HEADER = 12;
  static final int ONE_BYTE_FORM = 0xBEDE;
  static final int TWO_BYTE_FORM = 0x1000;

  private Rtp() {}

  /**
   * Whether the header, its extension block and its padding all lie inside the packet. Needs the
   * plain packet.
   */
  public static boolean isValid(byte[] b, int off, int len) {
    if (!hasValidHeader(b, off, len)) {
      return false;
    }
    int payload = len - headerLength(b, off);
    if ((b[off] & 0x20) == 0) {
      return true;
    }
    int padding = payload == 0 ? 0 : Wire.u8(b, off + len - 1);
    return padding > 0 && padding <= payload;
  }

  /**
   * Whether version and header lengths fit; all that can be said of a packet that is still
   * encrypted.
   */
  public static boolean hasValidHeader(byte[] b, int off, int len) {
    if (len < FIXED_HEADER || (b[off] & 0xC0) != 0x80) {
      return false;
    }
    int fixed = FIXED_HEADER + 4 * (b[off] & 15);
    if ((b[off] & 0x10) == 0) {
      return fixed <= len;
    }
    return fixed + 4 <= len && fixed + 4 + 4 * Wire.u16(b, off + fixed + 2) <= len;
  }

  public static int headerLength(byte[] b, int off) {
    int fixed = FIXED_HEADER + 4 * (b[off] & 15);
    return (b[off] & 0x10) == 0 ? fixed : fixed + 4 + 4 * Wire.u16(b, off + fixed + 2);
  }

  /** Bytes of payload without padding. */
  public static int mediaLength(byte[] b, int off, int len) {
    int payload = len - headerLength(b, off);
    return (b[off] & 0x20) == 0 ? payload : payload - Wire.u8(b, off + len - 1);
  }

  /**
   * Whether a packet carries nothing but padding. LiveKit's padding arrives as padding behind a
   * payload that itself reads as padding: zeros that end with their own count.
   */
  public static boolean isPaddingOnly(byte[] b, int off, int len) {
    int media = mediaLength(b, off, len);
    if (media == 0) {
      return true;
    }
    int end = off + headerLength(b, off) + media;
    if ((b[off] & 0x20) == 0 || Wire.u8(b, end - 1) != media) {
      return false;
    }
    for (int at = end - media; at < end - 1; at++) {
      if (b[at] != 0) {
        return false;
      }
    }
    return true;
  }

  public static int payloadType(byte[] b, int off) {
    return b[off + 1] & 0x7f;
  }

  public static boolean marker(byte[] b, int off) {
    return b[off + 1] < 0;
  }

  public static int sequence(byte[] b, int off) {
    return Wire.u16(b, off + 2);
  }

  /** How fast the timestamps of every codec run that is relayed. */
  public static int clockRate(boolean video) {
    return video ? 90_000 : 48_000;
  }

  public static int timestamp(byte[] b, int off) {
    return Wire.i32(b, off + 4);
  }

  public static void timestamp(byte[] b, int off, int value) {
    Wire.put32(b, off + 4, value);
  }

  public static int ssrc(byte[] b, int off) {
    return Wire.i32(b, off + 8);
  }

  /**
   * Where the value of an extension element starts, with its length above bit 16; -1 if it is not
   * there.
   */
  public static int findExtension(byte[] b, int off, int id) {
    if ((b[off] & 0x10) == 0) {
      return -1;
    }
    int block = off + FIXED_HEADER + 4 * (b[off] & 15);
    boolean twoByte = (Wire.u16(b, block) & 0xfff0) == TWO_BYTE_FORM;
    int end = block + 4 + 4 * Wire.u16(b, block + 2);
    int at = block + 4;
    while (at < end) {
      int element = elementAt(b, at, end, twoByte);
      if (element < 0) {
        return -1;
      }
      int header = elementHeader(element);
      int length = elementLength(element);
      if (header > 0 && elementId(element) == id) {
        return length << 16 | at + header - off;
      }
      at += header == 0 ? 1 : header + length;
    }
    return -1;
  }

  /**
   * Reads one extension element: id, header bytes (0 for a byte of padding) and value length packed
   * into an int, or -1 when the block ends here.
   */
  static int elementAt(byte[] b, int at, int end, boolean twoByte) {
    int first = Wire.u8(b, at);
    if (first == 0) {
      return 0;
    }
    int id;
    int header;
    int length;
    if (twoByte) {
      if (at + 1 >= end) {
        return -1;
      }
      id = first;
      header = 2;
      length = Wire.u8(b, at + 1);
    } else {
      id = first >> 4;
      if (id == 15) {
        return -1;
      }
      header = 1;
      length = (first & 15) + 1;
    }
    return at + header + length > end ? -1 : id << 16 | header << 8 | length;
  }

  static int elementId(int element) {
    return element >> 16;
  }

  static int elementHeader(int element) {
    return element >> 8 & 0xff;
  }

  static int elementLength(int element) {
    return element & 0xff;
  }
}
