package dev.weir.session.delegation;

/** What can be done to a delayed event at its homeserver. */
public enum Verb {
  RESTART,
  SEND,
  CANCEL;

  /** The last part of the path. */
  public String path() {
    return switch (this) {
      case RESTART -> "restart";
      case SEND -> "send";
      case CANCEL -> "cancel";
    };
  }
}
