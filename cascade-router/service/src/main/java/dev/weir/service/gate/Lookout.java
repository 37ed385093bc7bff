package dev.weir.service.gate;

import dev.weir.session.move.NodeWatch;
import dev.weir.session.move.NodeWatch.Health;
import dev.weir.session.move.NodeWatch.Reach;
import dev.weir.session.move.NodeWatch.Report;
import dev.weir.session.move.NodeWatch.Verdict;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Keeps an eye on the nodes: asks each for a sign of life some times a second, and at once when a
 * connection to it broke. What it finds it shares with the other replicas; the verdict is {@link
 * NodeWatch}'s.
 */
final class Lookout implements NodeHealth {

  private static final Logger LOG = Logger.getLogger("dev.weir.gate.nodes");

  /** A refusal is asked for once more before it is believed. */
  private static final long CONFIRM_MILLIS = 160;

  /** How often a suspect is looked at while somebody waits for the verdict. */
  private static final int LOOKS = 25;

  private final Vertx vertx;
  private final NodeWatch watch;
  private final NodeProbe probe;
  private final ReachBoard board;
  private final Clock clock;
  private final Executor blocking;
  private final Predicate<String> isBeingEmptied;
  private final Set<String> known = ConcurrentHashMap.newKeySet();
  private final Map<String, Health> healths = new ConcurrentHashMap<>();
  private final Map<String, Future<Verdict>> examinations = new ConcurrentHashMap<>();
  private final List<BiConsumer<String, Verdict>> listeners = new ArrayList<>();

  Lookout(
      Vertx vertx,
      NodeWatch watch,
      NodeProbe probe,
      ReachBoard board,
      Clock clock,
      Executor blocking,
      Predicate<String> isBeingEmptied) {
    this.vertx = vertx;
    this.watch = watch;
    this.probe = probe;
    this.board = board;
    this.clock = clock;
    this.blocking = blocking;
    this.isBeingEmptied = isBeingEmptied;
  }

  /** To be called before the first look. */
  void onVerdict(BiConsumer<String, Verdict> listener) {
    listeners.add(listener);
  }

  /** Looks at one node. */
  Future<Verdict> look(String node, URI signalling) {
    return probe
        .probe(signalling)
        .compose(
            reach ->
                reach
                    .map(found -> noted(node, found, probe.silence(signalling)))
                    .orElseGet(() -> Future.succeededFuture(verdict(node))));
  }

  /** The board may be another replica's memory, so it is not spoken to on an event loop. */
  private Future<Verdict> noted(String node, Reach reach, Duration silence) {
    return Future.fromCompletionStage(
        CompletableFuture.supplyAsync(() -> found(node, reach, silence), blocking));
  }

  /**
   * Looks until it is clear whether the node lives; for those whose connection broke. A thousand
   * who ask at one time are answered by one examination.
   */
  Future<Verdict> examine(String node, URI signalling) {
    Promise<Verdict> mine = Promise.promise();
    Future<Verdict> others = examinations.putIfAbsent(node, mine.future());
    if (others != null) {
      return others;
    }
    examine(node, signalling, LOOKS)
        .onComplete(
            verdict -> {
              examinations.remove(node);
              mine.handle(verdict);
            });
    return mine.future();
  }

  private Future<Verdict> examine(String node, URI signalling, int looks) {
    return look(node, signalling)
        .compose(
            verdict -> {
              if (verdict != Verdict.SUSPECT || looks <= 0) {
                return Future.succeededFuture(verdict);
              }
              return vertx
                  .timer(CONFIRM_MILLIS, TimeUnit.MILLISECONDS)
                  .compose(waited -> examine(node, signalling, looks - 1));
            });
  }

  private Verdict verdict(String node) {
    Health health = healths.get(node);
    return health == null ? Verdict.SERVING : health.verdict();
  }

  private Verdict found(String node, Reach reach, Duration silence) {
    var now = clock.instant();
    board.put(node, ReachBoard.next(board.of(node), board.self(), reach, now));
    List<Report> reports = board.of(node);
    boolean reached = reach == Reach.REACHED;
    if (reached) {
      known.add(node);
    }
    // Asked of the shared memory, so not for a node that is well.
    boolean onPurpose = !reached && (!known.contains(node) || isBeingEmptied.test(node));
    Verdict[] was = {Verdict.SERVING};
    Health after =
        healths.compute(
            node,
            (name, before) -> {
              Health last = before == null ? Health.fresh(now) : before;
              was[0] = last.verdict();
              return watch.judge(last, reports, board.replicas(), silence, onPurpose, now);
            });
    if (after.verdict() != was[0]) {
      LOG.infof(
          "event=node_verdict node=%s verdict=%s falls=%d", node, after.verdict(), after.falls());
      listeners.forEach(listener -> listener.accept(node, after.verdict()));
    }
    return after.verdict();
  }

  /** Forgets nodes that are not there any more. */
  void keepOnly(List<Nodes.Node> nodes) {
    List<String> names = nodes.stream().map(Nodes.Node::name).toList();
    healths.keySet().retainAll(names);
    known.retainAll(names);
    probe.keepOnly(nodes.stream().map(Nodes.Node::signalling).toList());
  }

  @Override
  public boolean takesRooms(String node) {
    Health health = healths.get(node);
    return health == null || health.takesRooms();
  }

  @Override
  public boolean takesMoves(String node) {
    Health health = healths.get(node);
    return health == null || health.takesMoves();
  }

  @Override
  public boolean down(String node) {
    Health health = healths.get(node);
    return health != null && health.verdict() == Verdict.DOWN;
  }
}
