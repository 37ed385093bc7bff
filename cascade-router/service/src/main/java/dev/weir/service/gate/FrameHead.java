package dev.weir.service.gate;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * The head of one WebSocket frame (RFC 6455, 5.2), read where it lies.
 *
 * @param length bytes of the head itself
 * @param payload bytes that follow it
 */
record FrameHead(int opcode, boolean fin, boolean masked, int length, long payload) {

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;

  /** The code of a close frame that gives no reason. */
  static final int NORMAL = 1000;

  /** Empty when the bytes from {@code at} on are not a whole head yet. */
  static Optional<FrameHead> read(Buffer bytes, int at) {
    int there = bytes.length() - at;
    if (there < 2) {
      return Optional.empty();
    }
    int first = bytes.getUnsignedByte(at);
    int second = bytes.getUnsignedByte(at + 1);
    boolean masked = (second & 0x80) != 0;
    int code = second & 0x7f;
    int extended = code == 126 ? 2 : code == 127 ? 8 : 0;
    int length = 2 + extended + (masked ? 4 : 0);
    if (there < length) {
      return Optional.empty();
    }
    long payload =
        switch (extended) {
          case 2 -> bytes.getUnsignedShort(at + 2);
          case 8 -> bytes.getLong(at + 2);
          default -> code;
        };
    return Optional.of(new FrameHead(first & 0x0f, (first & 0x80) != 0, masked, length, payload));
  }

  boolean control() {
    return opcode >= 8;
  }

  /** What an unmasked close frame says whose head is here, at {@code at}. */
  int closeCode(Buffer bytes, int at) {
    return payload < 2 ? NORMAL : bytes.getUnsignedShort(at + length);
  }

  /** A whole unmasked frame, as servers send them. */
  static Buffer frame(int opcode, byte[] payload) {
    Buffer frame = Buffer.buffer(payload.length + 10).appendUnsignedByte((short) (0x80 | opcode));
    if (payload.length < 126) {
      frame.appendUnsignedByte((short) payload.length);
    } else if (payload.length < 0x10000) {
      frame.appendUnsignedByte((short) 126).appendUnsignedShort(payload.length);
    } else {
      frame.appendUnsignedByte((short) 127).appendLong(payload.length);
    }
    return frame.appendBytes(payload);
  }

  static Buffer close(int code) {
    return frame(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }
}
