package dev.weir.service.token;

/** No room could be had for the client. */
public final class AttachFailure extends Exception {
  private static final long serialVersionUID = 1;

  public AttachFailure(String message) {
    super(message);
  }

  public AttachFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
