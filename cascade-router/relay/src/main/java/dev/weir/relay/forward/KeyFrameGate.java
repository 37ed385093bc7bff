package dev.weir.relay.forward;

/**
 * Lets at most one key-frame request through in a while; what came meanwhile is asked for once at
 * its end.
 */
final class KeyFrameGate {
  static final long INTERVAL = 300_000_000L;

  private long last;
  private boolean any;
  private boolean pending;

  /** Whether a request that comes now shall go out now. */
  boolean admits(long now) {
    if (any && now - last < INTERVAL) {
      pending = true;
      return false;
    }
    any = true;
    last = now;
    pending = false;
    return true;
  }

  boolean pending() {
    return pending;
  }

  /** Whether a request that was held back is due; asked now and then. */
  boolean due(long now) {
    return pending && admits(now);
  }
}
