package dev.weir.service.gate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;

/** The two signalling messages that the gate reads, and those that it writes. */
final class Signals {

  /** Tag bytes of {@code leave} (field 8), {@code join} (1) and {@code refresh_token} (16). */
  private static final int LEAVE = 0x42;

  private static final int JOIN = 0x0a;

  private static final int REFRESH_FIRST = 0x82;
  private static final int REFRESH_SECOND = 0x01;

  private static final byte[] RECONNECT = leave(LeaveRequest.Action.RECONNECT);
  private static final byte[] RESUME = leave(LeaveRequest.Action.RESUME);

  private Signals() {}

  private static byte[] leave(LeaveRequest.Action action) {
    return SignalResponse.newBuilder()
        .setLeave(LeaveRequest.newBuilder().setAction(action).setCanReconnect(true))
        .build()
        .toByteArray();
  }

  /** Whether the message whose first frame starts here is the answer to a join. */
  static boolean isJoin(Buffer in, int frameStart) {
    FrameHead head = FrameHead.read(in, frameStart).orElseThrow();
    int first = frameStart + head.length();
    return head.payload() > 0 && first < in.length() && in.getUnsignedByte(first) == JOIN;
  }

  /** Whether the message whose first frame starts here begins with a tag that we read. */
  static boolean isRead(Buffer in, int frameStart) {
    FrameHead head = FrameHead.read(in, frameStart).orElseThrow();
    if (head.payload() < 2) {
      // An odd fragmentation: worth a real look.
      return !head.fin();
    }
    int first = in.getUnsignedByte(frameStart + head.length());
    int second = in.getUnsignedByte(frameStart + head.length() + 1);
    return first == LEAVE || (first == REFRESH_FIRST && second == REFRESH_SECOND);
  }

  /** Empty when the message is not what it began like; it is passed on as it is, then. */
  static Optional<SignalResponse> read(byte[] message) {
    try {
      return Optional.of(SignalResponse.parseFrom(message));
    } catch (InvalidProtocolBufferException notOurs) {
      return Optional.empty();
    }
  }

  static byte[] refreshToken(String token) {
    return SignalResponse.newBuilder().setRefreshToken(token).build().toByteArray();
  }

  /** Tells a client to open its signalling anew, or less: {@link Greeting}. A whole frame. */
  static Buffer resume() {
    return FrameHead.frame(FrameHead.BINARY, RESUME);
  }

  /**
   * Tells a client to join anew, with the URL and the newest token that it has. A whole frame. No
   * regions: clients of self-hosted servers ignore them.
   */
  static Buffer reconnect() {
    return FrameHead.frame(FrameHead.BINARY, RECONNECT);
  }
}
