package dev.weir.service.gate;

import dev.weir.session.move.Cause;
import dev.weir.session.move.MoveState;
import dev.weir.session.move.Outcome;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The single acts of a move: what each action of the machine comes down to. They may block. */
final class MoveActs {

  private final RoomPlaces places;
  private final Nodes nodes;
  private final Conduits conduits;
  private final List<MoveWitness> witnesses;
  private final GateCounters counters;

  MoveActs(
      RoomPlaces places,
      Nodes nodes,
      Conduits conduits,
      List<MoveWitness> witnesses,
      GateCounters counters) {
    this.places = places;
    this.nodes = nodes;
    this.conduits = conduits;
    this.witnesses = List.copyOf(witnesses);
    this.counters = counters;
  }

  void begun(MoveState state) {
    witnesses.forEach(w -> w.moving(room(state), state.from(), state.to(), false));
  }

  int peopleOf(RoomKey room) {
    return people(room).size();
  }

  /** Whom this gate carries to a node of ours. */
  private Set<String> people(RoomKey room) {
    return conduits.of(room).stream()
        .filter(conduit -> !conduit.binding().isAtPeer())
        .map(conduit -> conduit.who().identity())
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** Who ought to come over: whom this gate carries there, and whom the old node lists. */
  Set<String> expected(RoomKey room, String from, Cause cause) {
    Set<String> people = people(room);
    if (!cause.urgent()) {
      nodes.find(from).flatMap(node -> nodes.natives(node, room)).ifPresent(people::addAll);
    }
    return people;
  }

  boolean make(RoomKey room, String node) {
    return nodes
        .find(node)
        .map(there -> nodes.createRoom(there, room) == Nodes.RoomMade.YES)
        .orElse(false);
  }

  boolean welcomed(RoomKey room, String node) {
    return witnesses.stream().allMatch(w -> w.remotesReady(room, node));
  }

  boolean switched(RoomKey room, long expectedEpoch, String node) {
    // This very move may have done it before, without living to note it.
    return places.switchTo(room, expectedEpoch, node).isPresent()
        || places.at(room, node).filter(now -> now.epoch() > expectedEpoch).isPresent();
  }

  /** Other replicas tell theirs when they see the switch; telling twice is telling once. */
  void tell(MoveState state) {
    witnesses.forEach(w -> w.moving(room(state), state.from(), state.to(), true));
    gather(room(state));
  }

  /** Tells those who are where the room is no more. */
  void gather(RoomKey room) {
    for (Conduit conduit : conduits.of(room)) {
      if (conduit.binding().target() instanceof Binding.Target.OwnNode(String node, long epoch)
          && places.isOver(room, new RoomPlaces.Placed(node, epoch))
          && conduit.reconnect()) {
        counters.rejoin("moved");
      }
    }
  }

  /** What a single event may have missed. */
  void gatherAll() {
    conduits.rooms().forEach(this::gather);
  }

  Optional<Integer> missing(RoomKey room, String node, Set<String> expected) {
    return nodes
        .find(node)
        .flatMap(there -> nodes.natives(there, room))
        .map(
            here -> {
              Set<String> missing = new HashSet<>(expected);
              here.forEach(missing::remove);
              return missing.size();
            });
  }

  void over(MoveState state, Outcome outcome) {
    witnesses.forEach(w -> w.ended(room(state), state.from(), state.to(), outcome.moved()));
  }

  private static RoomKey room(MoveState state) {
    return new RoomKey(state.site(), state.room());
  }
}
