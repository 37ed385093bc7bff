package dev.weir.service.gate;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetClientOptions;
import java.time.Clock;
import java.util.function.Function;

/** One gate, put together: the same parts in the router's process, in tests and in the bench. */
final class Gatehouse {

  private final Gate gate;
  private final Conduits conduits = new Conduits();
  private final AddressLimits limits;
  private final GateTokens tokens;

  /** What the rest of the router brings in. */
  record Ports(
      GateSites sites,
      Function<GateTokens, Binding.Binder> binder,
      Kicks kicks,
      RoomRescue rescue) {}

  Gatehouse(
      Vertx vertx,
      GateSettings settings,
      Clock clock,
      Ports ports,
      NetClientOptions tls,
      MeterRegistry registry) {
    this.tokens = new GateTokens(clock);
    this.limits = new AddressLimits(settings, clock);
    GateCounters counters = new GateCounters(registry, conduits::open);
    this.gate =
        new Gate(
            vertx,
            settings,
            ports.sites(),
            tokens,
            ports.binder().apply(tokens),
            new BackendDial(vertx, settings.dial(), tls),
            new Validation(vertx, settings.dial()),
            conduits,
            limits,
            new Rescuer(
                tokens, conduits, ports.kicks(), new RejoinLimit(clock), ports.rescue(), counters),
            counters);
  }

  boolean handle(HttpServerRequest request) {
    return gate.handle(request);
  }

  Gate gate() {
    return gate;
  }

  Conduits conduits() {
    return conduits;
  }

  AddressLimits limits() {
    return limits;
  }
}
