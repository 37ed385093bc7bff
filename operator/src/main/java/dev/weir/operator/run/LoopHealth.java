package dev.weir.operator.run;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Liveness of the reconcile loop; a restart is the cure for one that hangs. */
@Liveness
@ApplicationScoped
public class LoopHealth implements HealthCheck {
  private final Pulse pulse;

  public LoopHealth(Pulse pulse) {
    this.pulse = pulse;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("reconcile loop")
        .status(pulse.alive())
        .withData("pools", pulse.watched())
        .build();
  }
}
