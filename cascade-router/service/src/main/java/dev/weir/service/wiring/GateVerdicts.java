package dev.weir.service.wiring;

import dev.weir.service.gate.NodeHealth;
import dev.weir.service.slots.Reports;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;

/** The gate's look-out, for whoever places rooms. */
@Singleton
final class GateVerdicts {

  void start(@Observes StartupEvent event, Reports reports, Instance<NodeHealth> health) {
    reports.consult(node -> health.stream().allMatch(gate -> gate.takesRooms(node)));
  }
}
