package dev.weir.service.gate;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** The connections of this gate, found by room and by node; work per change, not per connection. */
final class Conduits {

  private record Person(RoomKey room, String identity) {}

  private final Map<RoomKey, Map<Long, Conduit>> byRoom = new ConcurrentHashMap<>();
  private final Map<Person, Long> newest = new ConcurrentHashMap<>();
  private final Newcomers newcomers;
  private final Clock clock;
  private final List<MoveWitness> witnesses;
  private final AtomicLong orders = new AtomicLong();
  private final AtomicLong open = new AtomicLong();

  Conduits(Newcomers newcomers, Clock clock, List<MoveWitness> witnesses) {
    this.newcomers = newcomers;
    this.clock = clock;
    this.witnesses = List.copyOf(witnesses);
  }

  /** To be called when a handshake was verified, before its backend is dialled. */
  Arrival arriving(Admission who, boolean settling) {
    // Near the time of day, so that the orders of several replicas compare.
    long order = orders.updateAndGet(last -> Math.max(last + 1, clock.millis()));
    Arrival arrival = new Arrival(order, who, settling);
    newest.merge(person(who), arrival.order(), Math::max);
    newcomers.knocked(who.room(), who.identity(), arrival.order());
    return arrival;
  }

  /** To be called when an arrival came to nothing: whoever was there before stays the newest. */
  void turnedAway(Arrival arrival) {
    Admission who = arrival.who();
    newest.remove(person(who), arrival.order());
    newcomers.tookBack(who.room(), who.identity(), arrival.order());
  }

  void add(Conduit conduit) {
    byRoom.compute(
        conduit.who().room(),
        (room, there) -> {
          Map<Long, Conduit> with = there == null ? new ConcurrentHashMap<>(4) : there;
          with.put(conduit.arrival().order(), conduit);
          return with;
        });
    open.incrementAndGet();
    tellWhereItIs(conduit);
  }

  private void tellWhereItIs(Conduit changed) {
    if (goesElsewhere(changed)) {
      Admission who = changed.who();
      boolean elsewhere =
          of(who.room()).stream()
              .filter(other -> other.who().identity().equals(who.identity()))
              .anyMatch(Conduits::goesElsewhere);
      witnesses.forEach(witness -> witness.bound(who.room(), who.identity(), elsewhere));
    }
  }

  private static boolean goesElsewhere(Conduit conduit) {
    return conduit.binding().isAtPeer();
  }

  /** For those who have forgotten, or have come since. */
  void sayWhereTheyAre(RoomKey room) {
    of(room).forEach(this::tellWhereItIs);
  }

  void remove(Conduit conduit) {
    byRoom.computeIfPresent(
        conduit.who().room(),
        (room, there) -> {
          if (there.remove(conduit.arrival().order()) != null) {
            open.decrementAndGet();
          }
          return there.isEmpty() ? null : there;
        });
    turnedAway(conduit.arrival());
    tellWhereItIs(conduit);
  }

  /** Whether the same identity has knocked again since. */
  CompletionStage<Boolean> hasNewer(Arrival arrival) {
    Admission who = arrival.who();
    return newest.getOrDefault(person(who), 0L) > arrival.order()
        ? CompletableFuture.completedFuture(true)
        : newcomers.knockedAfter(who.room(), who.identity(), arrival.order());
  }

  List<Conduit> of(RoomKey room) {
    return List.copyOf(byRoom.getOrDefault(room, Map.of()).values());
  }

  Set<RoomKey> rooms() {
    return Set.copyOf(byRoom.keySet());
  }

  List<Conduit> all(Predicate<Conduit> wanted) {
    List<Conduit> found = new ArrayList<>();
    byRoom.values().forEach(there -> there.values().stream().filter(wanted).forEach(found::add));
    return found;
  }

  long open() {
    return open.get();
  }

  long atPartners() {
    return all(Conduits::goesElsewhere).size();
  }

  private static Person person(Admission who) {
    return new Person(who.room(), who.identity());
  }
}
