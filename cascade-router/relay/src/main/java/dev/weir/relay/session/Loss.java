package dev.weir.relay.session;

import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;

/** Why a connection to a server ended. */
public sealed interface Loss {
  /** The signalling channel could not be opened or broke. */
  record Signal(String why) implements Loss {}

  /** ICE or DTLS failed. */
  record Media(String why) implements Loss {}

  /** The server told us to come again, maybe to another node. */
  record Reconnect(String reason) implements Loss {}

  /** The server ended the session. */
  record Removed(String reason) implements Loss {}

  /** Another participant with this identity took the place. */
  record Duplicate() implements Loss {}

  /** What a server's goodbye means. */
  static Loss of(LeaveRequest leave) {
    if (leave.getReason() == DisconnectReason.DUPLICATE_IDENTITY) {
      return new Duplicate();
    }
    return leave.getAction() == LeaveRequest.Action.DISCONNECT
        ? new Removed(leave.getReason().name())
        : new Reconnect(leave.getReason().name());
  }

  /** For states and logs; no secrets. */
  default String words() {
    return switch (this) {
      case Signal signal -> "signalling: " + signal.why();
      case Media media -> "media: " + media.why();
      case Reconnect told -> "told to reconnect: " + told.reason();
      case Removed removed -> "removed: " + removed.reason();
      case Duplicate() -> "replaced by its own identity";
    };
  }
}
