package dev.weir.service.gate;

import dev.weir.session.move.Cause;
import dev.weir.session.move.Move;
import dev.weir.session.move.MoveAction;
import dev.weir.session.move.MoveEvent;
import dev.weir.session.move.MoveQueue;
import dev.weir.session.move.MoveState;
import dev.weir.session.move.MoveStep;
import dev.weir.session.move.Outcome;
import dev.weir.session.move.Wish;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Carries moves out: {@link MoveQueue} says which may begin, {@link Move} what comes next, and this
 * class does it and reports back. States change under one lock and are noted before they are acted
 * on; whatever talks to a node or a peer runs on a virtual thread, outside the lock.
 */
final class Mover implements Moves {

  private static final Logger LOG = Logger.getLogger(Mover.class);

  /** A move under way at this replica. */
  private static final class Running {
    volatile MoveState state;
    boolean counting;
    final Set<String> expected;

    Running(MoveState state, Set<String> expected) {
      this.state = state;
      this.expected = expected;
    }
  }

  private final Move machine;
  private final MoveQueue queue;
  private final RoomPlaces places;
  private final Nodes nodes;
  private final NodeHealth health;
  private final MoveActs acts;
  private final MoveStore store;
  private final MoveFigures figures;
  private final Supplier<String> ids;
  private final Clock clock;
  private final Executor blocking;
  private final Map<String, Running> running = new HashMap<>();
  private final Map<RoomKey, CompletableFuture<Outcome>> waiting = new HashMap<>();

  Mover(
      Move machine,
      MoveQueue queue,
      RoomPlaces places,
      Nodes nodes,
      NodeHealth health,
      MoveActs acts,
      MoveStore store,
      MoveFigures figures,
      Supplier<String> ids,
      Clock clock,
      Executor blocking) {
    this.machine = machine;
    this.queue = queue;
    this.places = places;
    this.nodes = nodes;
    this.health = health;
    this.acts = acts;
    this.store = store;
    this.figures = figures;
    this.ids = ids;
    this.clock = clock;
    this.blocking = blocking;
  }

  @Override
  public CompletionStage<Outcome> move(RoomKey room, Cause cause) {
    return CompletableFuture.supplyAsync(() -> places.current(room), blocking)
        .thenCompose(
            placed ->
                placed
                    .map(at -> offer(room, at.node(), cause))
                    .orElseGet(() -> CompletableFuture.completedFuture(Outcome.OVERTAKEN)));
  }

  @Override
  public Progress drain(String node, int roomsPerMinute) {
    synchronized (this) {
      queue.pace(node, roomsPerMinute);
    }
    return emptyNode(node, Cause.DRAIN);
  }

  Progress emptyNode(String node, Cause cause) {
    for (RoomKey room : places.roomsOn(node)) {
      // Nobody waits for the outcome of each: the caller asks again until nothing is left.
      var unused = offer(room, node, cause);
    }
    return progress();
  }

  @Override
  public void stopEmptying(String node) {
    synchronized (this) {
      queue.withdraw(node);
    }
  }

  /** Moves one room off a node; completes when its clients were told, or when it failed. */
  CompletableFuture<Outcome> offer(RoomKey room, String from, Cause cause) {
    int people = acts.peopleOf(room);
    CompletableFuture<Outcome> outcome;
    synchronized (this) {
      outcome = waiting.computeIfAbsent(room, fresh -> new CompletableFuture<>());
      queue.offer(new Wish(room.site(), room.room(), from, cause, people));
    }
    startDue();
    return outcome;
  }

  synchronized Progress progress() {
    return new Progress(queue.running(), queue.waiting());
  }

  /** Lets time pass; to be called every 100 ms or so. Costs nothing when nothing moves. */
  void tick() {
    List<String> ids;
    synchronized (this) {
      ids = List.copyOf(running.keySet());
    }
    ids.forEach(id -> happened(id, new MoveEvent.Tick()));
    startDue();
  }

  /** Carries on what a lost replica has begun. */
  void adopt() {
    for (MoveState state : store.abandoned()) {
      RoomKey room = new RoomKey(state.site(), state.room());
      synchronized (this) {
        running.put(
            state.id(), new Running(state, acts.expected(room, state.from(), state.cause())));
      }
      happened(state.id(), new MoveEvent.Resume());
    }
  }

  /** A node died: moves onto it cannot go on as they are. */
  void nodeLost(String node) {
    List<String> onto;
    synchronized (this) {
      onto =
          running.values().stream()
              .filter(r -> r.state.to().equals(node))
              .map(r -> r.state.id())
              .toList();
    }
    onto.forEach(id -> happened(id, new MoveEvent.TargetLost()));
  }

  private void startDue() {
    List<Wish> due;
    synchronized (this) {
      due = queue.start(clock.instant());
    }
    due.forEach(wish -> blocking.execute(() -> begin(wish)));
  }

  private void begin(Wish wish) {
    RoomKey room = new RoomKey(wish.site(), wish.room());
    try {
      Optional<RoomPlaces.Placed> placed = places.at(room, wish.from());
      if (placed.isEmpty()) {
        over(room, Outcome.OVERTAKEN);
        return;
      }
      Optional<String> target = target(room, wish);
      if (target.isEmpty()) {
        over(room, Outcome.NO_ROOM);
        return;
      }
      MoveState state =
          MoveState.begin(ids.get(), wish, target.get(), placed.get().epoch(), clock.instant());
      Set<String> expected = acts.expected(room, wish.from(), wish.cause());
      if (!store.begin(state)) {
        over(room, Outcome.OVERTAKEN);
        return;
      }
      synchronized (this) {
        running.put(state.id(), new Running(state, expected));
      }
      acts.begun(state);
      happened(state.id(), new MoveEvent.Resume());
    } catch (RuntimeException broken) {
      LOG.warnf(broken, "event=move_not_begun room=%s", MoveFigures.shortened(wish.room()));
      over(room, Outcome.NO_ROOM);
    }
  }

  /** A room of a dead node rather goes to a node on probation than nowhere. */
  private Optional<String> target(RoomKey room, Wish wish) {
    return places
        .target(room, nodesBut(wish.from(), health::takesMoves))
        .or(
            () ->
                wish.cause() == Cause.NODE_LOST
                    ? places.target(room, nodesBut(wish.from(), health::takesRooms))
                    : Optional.empty());
  }

  /** Where the room must not go. */
  private Set<String> nodesBut(String from, Predicate<String> fit) {
    Set<String> not = new HashSet<>();
    not.add(from);
    nodes.all().stream().map(Nodes.Node::name).filter(fit.negate()).forEach(not::add);
    return not;
  }

  private void happened(String id, MoveEvent event) {
    MoveStep step;
    Running move;
    synchronized (this) {
      Running found = running.get(id);
      if (found == null) {
        return;
      }
      move = found;
      step = machine.step(move.state, event, clock.instant());
      if (!step.state().equals(move.state)) {
        move.state = step.state();
        store.put(step.state());
      }
    }
    step.actions().forEach(action -> blocking.execute(() -> carryOut(move, id, action)));
  }

  private void carryOut(Running move, String id, MoveAction action) {
    MoveState state = move.state;
    RoomKey room = new RoomKey(state.site(), state.room());
    try {
      switch (action) {
        case MoveAction.MakeRoom(String node) ->
            happened(
                id, acts.make(room, node) ? new MoveEvent.RoomMade() : new MoveEvent.RoomNotMade());
        case MoveAction.WelcomeRemotes(String node) -> {
          if (acts.welcomed(room, node)) {
            happened(id, new MoveEvent.RemotesReady());
          }
        }
        case MoveAction.Switch(long epoch, String node) ->
            happened(
                id,
                acts.switched(room, epoch, node)
                    ? new MoveEvent.Switched()
                    : new MoveEvent.SwitchLost());
        case MoveAction.TellClients ignored -> {
          acts.tell(state);
          told(room);
        }
        case MoveAction.CountMissing(String node) -> count(move, id, room, node);
        case MoveAction.CloseRemotes ignored -> happened(id, new MoveEvent.OldPlaceClosed());
        case MoveAction.Finish(Outcome outcome) -> finish(id, outcome);
      }
    } catch (RuntimeException broken) {
      // The next tick asks again, until the phase's time is up.
      LOG.warnf(broken, "event=move_step_failed room=%s", MoveFigures.shortened(state.room()));
    }
  }

  private void count(Running move, String id, RoomKey room, String node) {
    synchronized (this) {
      if (move.counting) {
        return;
      }
      move.counting = true;
    }
    try {
      acts.missing(room, node, move.expected)
          .ifPresent(missing -> happened(id, new MoveEvent.Counted(missing)));
    } finally {
      synchronized (this) {
        move.counting = false;
      }
    }
  }

  private void finish(String id, Outcome outcome) {
    Running move;
    synchronized (this) {
      move = running.remove(id);
    }
    if (move != null) {
      store.remove(move.state);
      acts.over(move.state, outcome);
      Duration took = Duration.between(move.state.startedAt(), clock.instant());
      figures.ended(move.state, outcome, took);
      over(new RoomKey(move.state.site(), move.state.room()), outcome);
    }
  }

  /** Clients are on their way: for whoever asked for the move, it is done. */
  private void told(RoomKey room) {
    CompletableFuture<Outcome> asked;
    synchronized (this) {
      queue.told(room.site(), room.room());
      asked = waiting.remove(room);
    }
    if (asked != null) {
      asked.complete(Outcome.MOVED);
    }
    startDue();
  }

  private void over(RoomKey room, Outcome outcome) {
    CompletableFuture<Outcome> asked;
    synchronized (this) {
      queue.finished(room.site(), room.room());
      asked = waiting.remove(room);
    }
    if (asked != null) {
      asked.complete(outcome);
    }
    startDue();
  }
}
