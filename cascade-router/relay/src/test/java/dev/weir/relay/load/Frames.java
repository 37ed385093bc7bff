package dev.weir.relay.load;

import dev.weir.relay.wire.Wire;

/**
 * Payloads that look like VP8 to a server and prove themselves to a checker: a VP8 descriptor and
 * frame header in clear, as end-to-end encryption leaves them, then a checksum over numbers that
 * say what the packet is.
 */
final class Frames {
  /** Marks what a publisher made, as against what a server injects. */
  static final int MAGIC = 0x57454952;

  static final int DESCRIPTOR = 4;
  private static final int KEY_HEADER = 10;
  static final int PROOF = 24;

  private Frames() {}

  /** Writes one packet's payload and returns its length. */
  static int vp8(
      byte[] b,
      int at,
      int length,
      int pictureId,
      boolean first,
      boolean key,
      int width,
      int height,
      int layer,
      int packet) {
    b[at] = (byte) (0x80 | (first ? 0x10 : 0));
    b[at + 1] = (byte) 0x80;
    Wire.put16(b, at + 2, 0x8000 | pictureId & 0x7fff);
    int p = at + DESCRIPTOR;
    b[p] = (byte) (key ? 0x10 : 0x11);
    b[p + 1] = 0x02;
    b[p + 2] = 0;
    if (key && first) {
      b[p + 3] = (byte) 0x9d;
      b[p + 4] = 0x01;
      b[p + 5] = 0x2a;
      b[p + 6] = (byte) width;
      b[p + 7] = (byte) (width >> 8);
      b[p + 8] = (byte) height;
      b[p + 9] = (byte) (height >> 8);
    }
    proof(b, p + KEY_HEADER, layer, packet);
    return length;
  }

  /** A single NAL unit: its header in clear, as end-to-end encryption leaves it, then the proof. */
  static void h264(byte[] b, boolean first, boolean key, int layer, int packet) {
    b[0] = (byte) (!key ? 0x41 : first ? 0x67 : 0x65);
    proof(b, 1, layer, packet);
  }

  static int opus(byte[] b, int at, int length, int packet) {
    b[at] = 0x78;
    proof(b, at + 1, 0, packet);
    return length;
  }

  private static void proof(byte[] b, int at, int layer, int packet) {
    Wire.put32(b, at, MAGIC);
    Wire.put32(b, at + 4, layer);
    Wire.put32(b, at + 8, packet);
    Wire.put64(b, at + 12, System.nanoTime());
    Wire.put32(b, at + 20, MAGIC ^ layer ^ packet);
  }

  /** Where the proof of a video payload starts. */
  static int videoProof(byte[] b, int at) {
    // Servers rewrite the descriptor of VP8 and may change its length.
    int p = at + 1;
    int first = Wire.u8(b, at);
    if ((first & 0x80) != 0) {
      int more = Wire.u8(b, p++);
      if ((more & 0x80) != 0) {
        p += (b[p] & 0x80) != 0 ? 2 : 1;
      }
      p += (more & 0x40) != 0 ? 1 : 0;
      p += (more & 0x30) != 0 ? 1 : 0;
    }
    return p + KEY_HEADER;
  }

  static boolean isProof(byte[] b, int at, int end) {
    return at + PROOF <= end
        && Wire.i32(b, at) == MAGIC
        && Wire.i32(b, at + 20) == (MAGIC ^ Wire.i32(b, at + 4) ^ Wire.i32(b, at + 8));
  }
}
