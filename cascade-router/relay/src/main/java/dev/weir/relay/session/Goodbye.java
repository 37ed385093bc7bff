package dev.weir.relay.session;

import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalRequest;

/** What a participant says who leaves on purpose: its server then waits for it no longer. */
final class Goodbye {
  static final SignalRequest MESSAGE =
      SignalRequest.newBuilder()
          .setLeave(
              LeaveRequest.newBuilder()
                  .setReason(DisconnectReason.CLIENT_INITIATED)
                  .setAction(LeaveRequest.Action.DISCONNECT))
          .build();

  private Goodbye() {}
}
