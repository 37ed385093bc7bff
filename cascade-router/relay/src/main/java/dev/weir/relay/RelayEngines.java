package dev.weir.relay;

import dev.weir.relay.session.LocalEngine;

/** Where engines come from. */
public final class RelayEngines {
  private RelayEngines() {}

  /** Starts an engine with threads, sockets and a certificate of its own. */
  public static RelayEngine start(RelaySettings settings, LegListener listener) {
    return LocalEngine.start(settings, listener);
  }
}
