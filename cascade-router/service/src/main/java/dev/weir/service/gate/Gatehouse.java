package dev.weir.service.gate;

import dev.weir.session.move.Cause;
import dev.weir.session.move.Move;
import dev.weir.session.move.MoveQueue;
import dev.weir.session.move.MoveTiming;
import dev.weir.session.move.NodeWatch;
import dev.weir.session.move.NodeWatch.Verdict;
import dev.weir.session.move.Pace;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetClientOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** One gate, put together: the same parts in the router's process, in tests and in the bench. */
final class Gatehouse {

  private static final long TICK_MILLIS = 100;
  private static final long LOOK_MILLIS = 250;

  /**
   * With more nodes than this each is looked at less often: so many looks in {@link #LOOK_MILLIS}.
   */
  private static final int LOOKS = 125;

  private static final long CARE_MILLIS = 1_000;

  /** What the rest of the router brings in. */
  record Ports(
      GateSites sites,
      RoomPlaces places,
      Nodes nodes,
      Kicks kicks,
      NativeArrivals arrivals,
      Newcomers newcomers,
      Rebinds rebinds,
      List<MoveWitness> witnesses,
      MoveStore store,
      ReachBoard board) {}

  private final Vertx vertx;
  private final Ports ports;
  private final Executor blocking;
  private final Conduits conduits;
  private final AddressLimits limits;
  private final Lookout lookout;
  private final MoveActs acts;
  private final Mover mover;
  private final Rebinder rebinder;
  private final Gate gate;
  private final HandOver handOver;
  private final List<Long> timers = new ArrayList<>();
  private final AtomicInteger turns = new AtomicInteger();

  Gatehouse(
      Vertx vertx,
      GateSettings settings,
      Clock clock,
      Ports ports,
      NetClientOptions tls,
      MeterRegistry registry,
      Executor blocking) {
    this(vertx, settings, clock, ports, tls, registry, blocking, own -> own);
  }

  /**
   * Puts a gate together.
   *
   * @param rescue lets tests stand in for what happens after a lost connection
   */
  Gatehouse(
      Vertx vertx,
      GateSettings settings,
      Clock clock,
      Ports ports,
      NetClientOptions tls,
      MeterRegistry registry,
      Executor blocking,
      UnaryOperator<RoomRescue> rescue) {
    this.vertx = vertx;
    this.ports = ports;
    this.blocking = blocking;
    this.conduits = new Conduits(ports.newcomers(), clock, ports.witnesses());
    GateTokens tokens = new GateTokens(clock);
    GateCounters counters = new GateCounters(registry, conduits::open, conduits::atPartners);
    MoveQueue queue = new MoveQueue(Pace.defaults());
    this.acts = new MoveActs(ports.places(), ports.nodes(), conduits, ports.witnesses(), counters);
    this.limits = new AddressLimits(settings, clock);
    this.lookout =
        new Lookout(
            vertx,
            new NodeWatch(NodeWatch.Timing.defaults()),
            new NodeProbe(vertx),
            ports.board(),
            clock,
            blocking,
            ports.nodes()::isBeingEmptied);
    this.mover =
        new Mover(
            new Move(MoveTiming.defaults()),
            queue,
            ports.places(),
            ports.nodes(),
            lookout,
            acts,
            ports.store(),
            new MoveFigures(registry, queue::waiting, queue::running),
            () -> UUID.randomUUID().toString(),
            clock,
            blocking);
    RoomRescue own = new PlaceRescue(ports.places(), ports.nodes(), lookout, mover, blocking);
    Rescuer keeper =
        new Rescuer(
            tokens, conduits, ports.kicks(), new RejoinPace(clock), rescue.apply(own), counters);
    Binding.Binder binder =
        new RoomBinder(ports.places(), ports.nodes(), ports.rebinds(), tokens, blocking, clock);
    Validation validation = new Validation(vertx, settings.dial());
    this.rebinder =
        new Rebinder(
            ports.rebinds(), conduits, validation, ports.witnesses(), counters, clock, blocking);
    this.gate =
        new Gate(
            vertx,
            settings,
            ports.sites(),
            tokens,
            binder,
            new BackendDial(vertx, settings.dial(), tls),
            ports.arrivals(),
            validation,
            conduits,
            limits,
            keeper,
            counters);
    this.handOver = new HandOver(vertx, gate, conduits, counters);
    ports.places().onChange(acts::gather);
    ports.rebinds().onChange(rebinder::look);
    lookout.onVerdict(this::judged);
  }

  /** Begins to watch nodes and to move rooms. */
  void start() {
    timers.add(vertx.setPeriodic(TICK_MILLIS, t -> blocking.execute(mover::tick)));
    timers.add(vertx.setPeriodic(1, LOOK_MILLIS, t -> blocking.execute(this::lookAtAll)));
    timers.add(vertx.setPeriodic(CARE_MILLIS, t -> blocking.execute(this::care)));
  }

  void stop() {
    timers.forEach(vertx::cancelTimer);
    timers.clear();
  }

  boolean handle(HttpServerRequest request) {
    return gate.handle(request);
  }

  Future<Void> handOver(Duration patience) {
    return handOver.begin(ports.board().gates() > 1, patience);
  }

  Conduits conduits() {
    return conduits;
  }

  AddressLimits limits() {
    return limits;
  }

  Mover mover() {
    return mover;
  }

  Lookout lookout() {
    return lookout;
  }

  private void lookAtAll() {
    List<Nodes.Node> nodes = ports.nodes().all();
    lookout.keepOnly(nodes);
    int every = 1 + nodes.size() / LOOKS;
    int turn = turns.getAndIncrement() % every;
    for (int i = turn; i < nodes.size(); i += every) {
      lookout.look(nodes.get(i).name(), nodes.get(i).signalling());
    }
  }

  private void judged(String node, Verdict verdict) {
    if (verdict == Verdict.DOWN || verdict == Verdict.SETTLING) {
      blocking.execute(() -> ports.witnesses().forEach(witness -> witness.silent(node)));
    }
    if (verdict == Verdict.DOWN) {
      blocking.execute(
          () -> {
            mover.nodeLost(node);
            mover.emptyNode(node, Cause.NODE_LOST);
          });
    }
  }

  /** What a single event may have missed. */
  private void care() {
    limits.sweep();
    mover.adopt();
    rebinder.lookAgain();
    acts.gatherAll();
    for (Nodes.Node node : ports.nodes().all()) {
      if (lookout.down(node.name()) && !ports.places().roomsOn(node.name()).isEmpty()) {
        mover.emptyNode(node.name(), Cause.NODE_LOST);
      }
    }
  }
}
