package dev.weir.service.gate;

import dev.weir.service.Farewell;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Puts the gate on the router's HTTP server. It stands only where the service has bound its ports:
 * in drop-in mode clients talk to LiveKit by themselves, and there is no gate.
 */
@Singleton
public class GateRoutes {

  private static final Logger LOG = Logger.getLogger(GateRoutes.class);
  private static final String PATHS = ".*/rtc(/v1)?(/validate)?/?";
  private static final Duration HAND_OVER = Duration.ofSeconds(10);

  private final Instance<GateSites> sites;
  private final Instance<RoomPlaces> places;
  private final Instance<Nodes> nodes;
  private final Instance<Kicks> kicks;
  private final Instance<NativeArrivals> arrivals;
  private final Instance<Newcomers> newcomers;
  private final Instance<Rebinds> rebinds;
  private final Instance<MoveWitness> witnesses;
  private final Instance<MoveStore> store;
  private final Instance<ReachBoard> board;
  private final MeterRegistry registry;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable Gatehouse house;

  @Inject
  GateRoutes(
      Instance<GateSites> sites,
      Instance<RoomPlaces> places,
      Instance<Nodes> nodes,
      Instance<Kicks> kicks,
      Instance<NativeArrivals> arrivals,
      Instance<Newcomers> newcomers,
      Instance<Rebinds> rebinds,
      Instance<MoveWitness> witnesses,
      Instance<MoveStore> store,
      Instance<ReachBoard> board,
      MeterRegistry registry) {
    this.sites = sites;
    this.places = places;
    this.nodes = nodes;
    this.kicks = kicks;
    this.arrivals = arrivals;
    this.newcomers = newcomers;
    this.rebinds = rebinds;
    this.witnesses = witnesses;
    this.store = store;
    this.board = board;
    this.registry = registry;
  }

  void install(@Observes Router router, Vertx vertx) {
    if (!sites.isResolvable() || !places.isResolvable() || !nodes.isResolvable()) {
      return;
    }
    Gatehouse built = build(vertx);
    house = built;
    built.start();
    router
        .routeWithRegex(PATHS)
        .handler(
            context -> {
              if (!built.handle(context.request())) {
                context.next();
              }
            });
  }

  /** The gate, when there is one. */
  Optional<Gatehouse> house() {
    return Optional.ofNullable(house);
  }

  void handOver(@Observes Farewell going) {
    Gatehouse built = house;
    if (built != null) {
      built.stop();
      try {
        built.handOver(HAND_OVER).toCompletionStage().toCompletableFuture().join();
      } catch (RuntimeException incomplete) {
        LOG.warn("event=hand_over_incomplete", incomplete);
      }
    }
    blocking.shutdown();
  }

  private Gatehouse build(Vertx vertx) {
    return new Gatehouse(
        vertx,
        GateSettings.defaults(),
        Clock.systemUTC(),
        new Gatehouse.Ports(
            sites.get(),
            places.get(),
            nodes.get(),
            kicks.isResolvable()
                ? kicks.get()
                : (room, identity) -> CompletableFuture.completedFuture(false),
            arrivals.isResolvable() ? arrivals.get() : NativeArrivals.NO_RELAYS,
            newcomers.isResolvable() ? newcomers.get() : Newcomers.NONE_ELSEWHERE,
            rebinds.isResolvable() ? rebinds.get() : Rebinds.NONE,
            List.copyOf(witnesses.stream().toList()),
            store.isResolvable() ? store.get() : new MoveStore.InMemory(),
            board.isResolvable() ? board.get() : new ReachBoard.Alone()),
        new NetClientOptions(),
        registry,
        blocking);
  }
}
