package dev.weir.service.gate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse;

/** The two signalling messages that the gate reads, and the one that it writes. */
final class Signals {

  /** Tag bytes of {@code SignalResponse.leave} (field 8) and {@code refresh_token} (field 16). */
  private static final int LEAVE = 0x42;

  private static final int REFRESH_FIRST = 0x82;
  private static final int REFRESH_SECOND = 0x01;

  private static final byte[] RECONNECT =
      SignalResponse.newBuilder()
          .setLeave(
              LeaveRequest.newBuilder()
                  .setAction(LeaveRequest.Action.RECONNECT)
                  .setCanReconnect(true))
          .build()
          .toByteArray();

  private Signals() {}

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

  /**
   * Tells a client to join anew, with the URL and the newest token that it has. A whole frame. No
   * regions: clients of self-hosted servers ignore them.
   */
  static Buffer reconnect() {
    return FrameHead.frame(FrameHead.BINARY, RECONNECT);
  }
}
