package dev.weir.service.gate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * Binds clients to the node that holds their room, and makes sure that the room exists there. Nodes
 * make no rooms by themselves, and a room ends 20 s after its last participant: a client that comes
 * back later would find nothing.
 */
final class RoomBinder implements Binding.Binder {

  /** No room ends sooner than this after it was made or seen. */
  private static final Duration SURE = Duration.ofSeconds(10);

  /** Enough for bursts; over it, every upgrade asks the node. */
  private static final int MAX_REMEMBERED = 10_000;

  private record Seen(RoomPlaces.Placed at, Instant when) {}

  /** The room cannot be had now. */
  static final class NotYet extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotYet(String why) {
      super(why, null, false, false);
    }
  }

  private final RoomPlaces places;
  private final Nodes nodes;
  private final Rebinds rebinds;
  private final GateTokens tokens;
  private final Executor blocking;
  private final Clock clock;
  private final Map<RoomKey, Seen> seen = new ConcurrentHashMap<>();

  RoomBinder(
      RoomPlaces places,
      Nodes nodes,
      Rebinds rebinds,
      GateTokens tokens,
      Executor blocking,
      Clock clock) {
    this.places = places;
    this.nodes = nodes;
    this.rebinds = rebinds;
    this.tokens = tokens;
    this.blocking = blocking;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Binding> bind(Admission who, boolean refusedBefore, Duration patience) {
    return CompletableFuture.supplyAsync(() -> bindNow(who, refusedBefore), blocking);
  }

  @Override
  public boolean holds(Admission who, Binding binding) {
    return switch (binding.target()) {
      case Binding.Target.PeerGate ignored ->
          rebinds.elsewhere(who.room()) || who.passage().isPresent();
      // Who came while the room went elsewhere is asked for at the peer first, as everybody there.
      case Binding.Target.OwnNode own ->
          !places.isOver(who.room(), new RoomPlaces.Placed(own.node(), own.epoch()));
    };
  }

  private Binding bindNow(Admission who, boolean refusedBefore) {
    RoomKey room = who.room();
    boolean toGo = rebinds.elsewhere(room);
    Optional<Rebinds.Elsewhere> elsewhere = refusedBefore ? Optional.empty() : wayOn(who, toGo);
    if (elsewhere.isPresent()) {
      return at(elsewhere.get());
    }
    RoomPlaces.Placed placed = places.placeOf(room, who.identity());
    Nodes.Node node = nodes.find(placed.node()).orElseThrow(() -> new NotYet("node unknown"));
    if (refusedBefore || !sure(room, placed)) {
      if (nodes.createRoom(node, room) != Nodes.RoomMade.YES) {
        throw new NotYet("room not made");
      }
      remember(room, placed);
    }
    boolean stays = toGo || who.passage().isPresent();
    return new Binding(
        target(placed), node.signalling(), tokens.forNode(who, node.key(), room.room()), stays);
  }

  private Optional<Rebinds.Elsewhere> wayOn(Admission who, boolean toGo) {
    return toGo ? rebinds.of(who.room(), who.identity()) : who.passage().flatMap(rebinds::by);
  }

  /** The way to a peer's gate. */
  static Binding at(Rebinds.Elsewhere there) {
    return new Binding(
        new Binding.Target.PeerGate(there.serverName(), there.address()),
        there.url(),
        there.token(),
        false);
  }

  private boolean sure(RoomKey room, RoomPlaces.Placed placed) {
    Seen last = seen.get(room);
    return last != null
        && last.at().equals(placed)
        && clock.instant().isBefore(last.when().plus(SURE));
  }

  private void remember(RoomKey room, RoomPlaces.Placed placed) {
    if (seen.size() >= MAX_REMEMBERED) {
      Instant now = clock.instant();
      seen.values().removeIf(old -> !now.isBefore(old.when().plus(SURE)));
    }
    if (seen.size() < MAX_REMEMBERED) {
      seen.put(room, new Seen(placed, clock.instant()));
    }
  }

  private static Binding.Target target(RoomPlaces.Placed placed) {
    return new Binding.Target.OwnNode(placed.node(), placed.epoch());
  }
}
