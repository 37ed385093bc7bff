package dev.weir.operator.run;

import dev.weir.operator.apply.Applier;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Metrics beside those of the SDK: how much is written, and how much is kept. */
@ApplicationScoped
class OwnMetrics {
  void register(
      @Observes StartupEvent start, MeterRegistry registry, Applier applier, Pulse pulse) {
    FunctionCounter.builder("weir_operator_applies", applier, Applier::writes)
        .description("Objects written to the API server")
        .register(registry);
    Gauge.builder("weir_operator_pools", pulse, Pulse::watched)
        .description("Pools that are kept")
        .register(registry);
  }
}
