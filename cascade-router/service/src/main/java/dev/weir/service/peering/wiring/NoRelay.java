package dev.weir.service.peering.wiring;

import dev.weir.relay.LegSpec;
import dev.weir.relay.LegState;
import dev.weir.relay.RelayEngine;
import java.util.List;

/** In a process that carries no media: it owns no leg, so none is ever opened here. */
final class NoRelay implements RelayEngine {
  @Override
  public void open(LegSpec spec) {
    throw new IllegalStateException("this process has no relay");
  }

  @Override
  public void close(String legId) {
    // There is none.
  }

  @Override
  public List<LegState> states() {
    return List.of();
  }

  @Override
  public void close() {
    // Nothing runs.
  }
}
