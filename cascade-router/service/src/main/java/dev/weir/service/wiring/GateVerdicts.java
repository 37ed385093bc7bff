package dev.weir.service.wiring;

import dev.weir.service.gate.NodeHealth;
import dev.weir.service.slots.NodeVerdicts;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

/** The gate's look-out, for whoever places rooms. */
@Singleton
final class GateVerdicts implements NodeVerdicts {
  private final Instance<NodeHealth> health;

  GateVerdicts(Instance<NodeHealth> health) {
    this.health = health;
  }

  @Override
  public boolean takesRooms(String node) {
    return health.stream().allMatch(gate -> gate.takesRooms(node));
  }
}
