package dev.weir.session.delegation;

/** Why an SFU says that a participant left, in LiveKit's words. */
public enum LeaveReason {
  UNKNOWN_REASON,
  CLIENT_INITIATED,
  DUPLICATE_IDENTITY,
  SERVER_SHUTDOWN,
  PARTICIPANT_REMOVED,
  ROOM_DELETED,
  STATE_MISMATCH,
  JOIN_FAILURE,
  MIGRATION,
  SIGNAL_CLOSE,
  ROOM_CLOSED,
  CONNECTION_TIMEOUT;

  /** A name that this version does not know is as good as no reason. */
  public static LeaveReason of(String name) {
    for (LeaveReason reason : values()) {
      if (reason.name().equals(name)) {
        return reason;
      }
    }
    return UNKNOWN_REASON;
  }

  /**
   * Reasons after which a live client comes back by itself, or is brought back by the signalling
   * gate: the SFUs are asked for a while before they are believed.
   */
  public boolean doubtful() {
    return switch (this) {
      case DUPLICATE_IDENTITY,
          MIGRATION,
          SERVER_SHUTDOWN,
          STATE_MISMATCH,
          ROOM_DELETED,
          ROOM_CLOSED,
          PARTICIPANT_REMOVED ->
          true;
      case UNKNOWN_REASON, CLIENT_INITIATED, JOIN_FAILURE, SIGNAL_CLOSE, CONNECTION_TIMEOUT ->
          false;
    };
  }
}
