package dev.weir.service.sfu;

/** A node did not do what it was asked to. */
public final class SfuFailure extends Exception {
  private static final long serialVersionUID = 1;

  /** Why, as far as a caller can act on it. */
  public enum Kind {
    /** No answer: the node may or may not have done it. */
    UNREACHABLE,
    /** The node says no, and will say so again. */
    REFUSED
  }

  private final Kind kind;

  SfuFailure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  SfuFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
