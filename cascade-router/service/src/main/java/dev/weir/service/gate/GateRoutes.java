package dev.weir.service.gate;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Puts the gate on the router's HTTP server. It stands only where the service has bound its ports:
 * in drop-in mode clients talk to LiveKit by themselves, and there is no gate.
 */
@Singleton
public class GateRoutes {

  private static final String PATHS = ".*/rtc(/v1)?(/validate)?/?";

  private final Instance<GateSites> sites;
  private final Instance<RoomPlaces> places;
  private final Instance<Nodes> nodes;
  private final Instance<Kicks> kicks;
  private final MeterRegistry registry;
  private final Executor blocking = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable Gatehouse house;

  @Inject
  GateRoutes(
      Instance<GateSites> sites,
      Instance<RoomPlaces> places,
      Instance<Nodes> nodes,
      Instance<Kicks> kicks,
      MeterRegistry registry) {
    this.sites = sites;
    this.places = places;
    this.nodes = nodes;
    this.kicks = kicks;
    this.registry = registry;
  }

  void install(@Observes Router router, Vertx vertx) {
    if (!sites.isResolvable() || !places.isResolvable() || !nodes.isResolvable()) {
      return;
    }
    Gatehouse built = build(vertx);
    house = built;
    router
        .routeWithRegex(PATHS)
        .handler(
            context -> {
              if (!built.handle(context.request())) {
                context.next();
              }
            });
  }

  private Gatehouse build(Vertx vertx) {
    Clock clock = Clock.systemUTC();
    return new Gatehouse(
        vertx,
        GateSettings.defaults(),
        clock,
        new Gatehouse.Ports(
            sites.get(),
            tokens -> new RoomBinder(places.get(), nodes.get(), tokens, blocking, clock),
            kicks.isResolvable() ? kicks.get() : (room, identity) -> false,
            new PlaceRescue(places.get(), nodes.get(), blocking)),
        new NetClientOptions(),
        registry);
  }
}
