package dev.weir.service.peering;

/** A partner's request that is refused, for a reason that the partner may know. */
public final class PeerRefusal extends Exception {
  private static final long serialVersionUID = 1;

  /** Why; each has one gRPC status. */
  public enum Reason {
    NOT_ALLOWED,
    BAD_REQUEST,
    UNKNOWN,
    OVER_LIMIT,
    UNAVAILABLE
  }

  private final Reason reason;

  public PeerRefusal(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
