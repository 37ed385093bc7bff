package dev.weir.service.gate;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Walks over the frame heads of one client without reading a payload: to know that the client said
 * goodbye, and to refuse what no LiveKit client sends (unmasked frames, huge frames, text: a node
 * that is spoken to in JSON would answer in JSON, which the gate does not read).
 */
final class ClientFrames {

  /** A session description of a large room is some 100 KiB. */
  static final long MAX_FRAME = 4L * 1024 * 1024;

  /** What the bytes so far amount to. */
  enum Seen {
    ORDINARY(0),
    CLOSE(0),
    UNMASKED(1002),
    TEXT(1003),
    TOO_LONG(1009);

    private final int closeCode;

    Seen(int closeCode) {
      this.closeCode = closeCode;
    }

    /** The code to close with; 0 when there is nothing to complain about. */
    int closeCode() {
      return closeCode;
    }
  }

  private @Nullable Buffer partialHead;
  private long rest;

  /** Takes the next bytes; anything but ORDINARY is final. */
  Seen feed(Buffer bytes) {
    Buffer in = partialHead == null ? bytes : partialHead.appendBuffer(bytes);
    partialHead = null;
    int at = 0;
    while (at < in.length()) {
      if (rest > 0) {
        int part = (int) Math.min(rest, in.length() - at);
        at += part;
        rest -= part;
        continue;
      }
      Optional<FrameHead> head = FrameHead.read(in, at);
      if (head.isEmpty()) {
        partialHead = in.getBuffer(at, in.length());
        return Seen.ORDINARY;
      }
      Seen seen = judge(head.get());
      if (seen != Seen.ORDINARY) {
        return seen;
      }
      at += head.get().length();
      rest = head.get().payload();
    }
    return Seen.ORDINARY;
  }

  private static Seen judge(FrameHead head) {
    if (!head.masked()) {
      return Seen.UNMASKED;
    }
    if (head.payload() < 0 || head.payload() > MAX_FRAME) {
      return Seen.TOO_LONG;
    }
    return switch (head.opcode()) {
      case FrameHead.CLOSE -> Seen.CLOSE;
      case FrameHead.TEXT -> Seen.TEXT;
      default -> Seen.ORDINARY;
    };
  }
}
