package dev.weir.service.gate;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one backend, on their way to one client.
 *
 * <p>Messages are passed on whole: what a backend that dies has sent half of is dropped, so that
 * the client's stream always stands at a message boundary and something can be injected there. Only
 * a message longer than {@link #WHOLE} streams through in pieces. Of each whole binary message the
 * first protobuf tag is looked at; a leave or a refresh token is shown to the {@link Reader}, which
 * may drop or replace it. Nothing else is read, and nothing is copied unless a message arrives in
 * pieces.
 */
final class ServerFrames {

  /** Far above a usual message (an update of a room of 500 is about 100 KiB and may stream). */
  static final int WHOLE = 64 * 1024;

  /** What to do with a message that the gate reads. */
  sealed interface Verdict {
    record Pass() implements Verdict {}

    record Drop() implements Verdict {}

    record Replace(byte[] message) implements Verdict {}
  }

  /** Sees the messages that the gate reads, and the close frame. */
  interface Reader {
    Verdict read(byte[] message);

    /** Whether the client is to see the close frame, which has this code. */
    boolean closing(int code);
  }

  private final Reader reader;
  private @Nullable Buffer waiting;

  /** Streaming a long message: bytes of the current frame to come, and whether it is the last. */
  private boolean streaming;

  private long frameRest;
  private boolean lastFrame;
  private boolean begun;
  private boolean joined;

  ServerFrames(Reader reader) {
    this.reader = reader;
  }

  /** True when something may be injected: no message is half way through to the client. */
  boolean atBoundary() {
    return !streaming;
  }

  /** Whether the backend's first message answered a join, and has begun to pass. */
  boolean joined() {
    return joined;
  }

  /** Takes what the backend sent; returns what the client gets of it now, possibly nothing. */
  Buffer feed(Buffer bytes) {
    Buffer in = waiting == null ? bytes : waiting.appendBuffer(bytes);
    waiting = null;
    Out out = new Out(in);
    int at = 0;
    while (at < in.length()) {
      int next = streaming ? stream(in, at) : message(in, at, out);
      if (next == at) {
        break;
      }
      at = next;
    }
    out.passUpTo(at);
    if (at < in.length()) {
      waiting = in.getBuffer(at, in.length());
    }
    return out.result();
  }

  /** Handles the message that starts here; returns its end, or its start when it must wait. */
  private int message(Buffer in, int start, Out out) {
    int end = start;
    Optional<FrameHead> head;
    boolean first = true;
    boolean binary = false;
    while ((head = FrameHead.read(in, end)).isPresent()) {
      FrameHead frame = head.get();
      long frameEnd = end + frame.length() + frame.payload();
      if (first) {
        binary = frame.opcode() == FrameHead.BINARY;
      }
      if (frameEnd > in.length() || frame.payload() < 0) {
        return mustStream(in, start) ? startStreaming(in, start) : start;
      }
      end = (int) frameEnd;
      if (first && frame.control()) {
        if (frame.opcode() == FrameHead.CLOSE && !reader.closing(frame.closeCode(in, start))) {
          out.drop(start, end);
        }
        return end;
      }
      first = false;
      if (frame.fin() && !frame.control()) {
        begin(in, start, binary);
        if (binary && Signals.isRead(in, start)) {
          judge(in, start, end, out);
        }
        return end;
      }
    }
    return mustStream(in, start) ? startStreaming(in, start) : start;
  }

  private void begin(Buffer in, int start, boolean binary) {
    if (!begun) {
      begun = true;
      joined = binary && Signals.isJoin(in, start);
    }
  }

  private void judge(Buffer in, int start, int end, Out out) {
    switch (reader.read(payload(in, start, end))) {
      case Verdict.Pass ignored -> {}
      case Verdict.Drop ignored -> out.drop(start, end);
      case Verdict.Replace replacement -> {
        out.drop(start, end);
        out.add(FrameHead.frame(FrameHead.BINARY, replacement.message()));
      }
    }
  }

  private static byte[] payload(Buffer in, int start, int end) {
    Buffer payload = Buffer.buffer(end - start);
    int at = start;
    while (at < end) {
      FrameHead frame = FrameHead.read(in, at).orElseThrow();
      int body = at + frame.length();
      at = body + (int) frame.payload();
      if (!frame.control()) {
        payload.appendBuffer(in, body, (int) frame.payload());
      }
    }
    return payload.getBytes();
  }

  private static boolean mustStream(Buffer in, int start) {
    return in.length() - start > WHOLE;
  }

  private int startStreaming(Buffer in, int start) {
    begin(in, start, true);
    streaming = true;
    frameRest = 0;
    lastFrame = false;
    return stream(in, start);
  }

  /** Passes on what is there of a long message; returns where it stopped. */
  private int stream(Buffer in, int start) {
    int at = start;
    while (streaming && at < in.length()) {
      if (frameRest == 0) {
        Optional<FrameHead> head = FrameHead.read(in, at);
        if (head.isEmpty()) {
          return at;
        }
        at += head.get().length();
        frameRest = head.get().payload();
        lastFrame = head.get().fin() && !head.get().control();
      }
      int part = (int) Math.min(frameRest, in.length() - at);
      at += part;
      frameRest -= part;
      streaming = frameRest > 0 || !lastFrame;
    }
    return at;
  }

  /** Collects what passes: one slice of the input, unless something was dropped or replaced. */
  private static final class Out {
    private final Buffer in;
    private @Nullable Buffer slice;
    private @Nullable Buffer joined;
    private int from;

    Out(Buffer in) {
      this.in = in;
    }

    void drop(int start, int end) {
      passUpTo(start);
      from = end;
    }

    void add(Buffer bytes) {
      if (slice == null) {
        slice = bytes;
        return;
      }
      if (joined == null) {
        joined = Buffer.buffer().appendBuffer(slice);
      }
      joined.appendBuffer(bytes);
    }

    void passUpTo(int end) {
      if (end > from) {
        add(in.slice(from, end));
        from = end;
      }
    }

    Buffer result() {
      return joined != null ? joined : slice != null ? slice : Buffer.buffer();
    }
  }
}
