package dev.weir.service.gate;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The gate's own figures; never a room, a user or an address as a label. */
final class GateCounters {

  private final MeterRegistry registry;
  private final Timer hold;

  GateCounters(MeterRegistry registry, LongSupplier open, LongSupplier atPartners) {
    this.registry = registry;
    this.hold =
        Timer.builder("weir.gate.hold")
            .description("Time from a handshake to its upgrade or refusal")
            .publishPercentileHistogram()
            .register(registry);
    Gauge.builder("weir.gate.connections", open::getAsLong).register(registry);
    Gauge.builder("weir.gate.connections_at_partners", atPartners::getAsLong).register(registry);
  }

  /** One handshake, by how it ended. */
  void upgrade(String outcome) {
    registry.counter("weir.gate.handshakes", "outcome", outcome).increment();
  }

  void held(long nanos) {
    hold.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** One client that was told to join again, by cause. */
  void rejoin(String cause) {
    registry.counter("weir.gate.rejoins", "cause", cause).increment();
  }

  /** One client that has to wait, because nodes throw it out time and again. */
  void slowed() {
    registry.counter("weir.gate.rejoins_slowed").increment();
  }

  /** One connection that could only be closed. */
  void gaveUp() {
    registry.counter("weir.gate.given_up").increment();
  }
}
