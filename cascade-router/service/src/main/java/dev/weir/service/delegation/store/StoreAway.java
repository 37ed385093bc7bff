package dev.weir.service.delegation.store;

/** The database did not take it, or did not answer. */
public final class StoreAway extends Exception {
  private static final long serialVersionUID = 1;

  public StoreAway(String message) {
    super(message);
  }

  public StoreAway(String message, Throwable cause) {
    super(message, cause);
  }
}
