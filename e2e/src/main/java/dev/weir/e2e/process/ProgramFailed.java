package dev.weir.e2e.process;

import java.io.Serial;

/** A program ended, or was not ready in time; the message carries the last lines of its log. */
public final class ProgramFailed extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  public ProgramFailed(String message) {
    super(message);
  }

  public ProgramFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
