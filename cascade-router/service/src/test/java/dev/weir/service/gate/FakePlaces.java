package dev.weir.service.gate;

import dev.weir.service.sfu.SfuFailure;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Placement and nodes of a site, in memory, with the faults that a test wants. */
final class FakePlaces implements RoomPlaces, Nodes {

  private final Map<RoomKey, Placed> places = new ConcurrentHashMap<>();
  private final Map<String, Node> nodes = new ConcurrentHashMap<>();
  private final List<Consumer<RoomKey>> listeners = new CopyOnWriteArrayList<>();
  private final Map<String, LiveKit> servers = new ConcurrentHashMap<>();
  final Set<String> dead = ConcurrentHashMap.newKeySet();
  final Set<String> refuses = ConcurrentHashMap.newKeySet();
  final Set<String> emptied = ConcurrentHashMap.newKeySet();

  /** Whether news of places are lost. */
  volatile boolean silent;

  final List<String> made = new CopyOnWriteArrayList<>();
  final Map<RoomKey, List<String>> people = new ConcurrentHashMap<>();

  void node(String name, URI url) {
    nodes.put(name, new Node(name, "a.example", url, GateFixture.NODE_KEY));
  }

  /** A node that is a real server, with its own key. */
  void real(String name, LiveKit server) {
    servers.put(name, server);
    nodes.put(name, new Node(name, "a.example", server.url(), server.key()));
  }

  @Override
  public Optional<Placed> current(RoomKey room) {
    return Optional.ofNullable(places.get(room));
  }

  @Override
  public Placed place(RoomKey room) {
    return places.computeIfAbsent(
        room,
        fresh ->
            new Placed(
                nodes.keySet().stream()
                    .filter(n -> !dead.contains(n))
                    .sorted()
                    .findFirst()
                    .orElseThrow(() -> new RoomBinder.NotYet("no node")),
                1));
  }

  @Override
  public Optional<Placed> switchTo(RoomKey room, long expectedEpoch, String node) {
    Placed[] after = {null};
    places.computeIfPresent(
        room,
        (key, now) -> {
          if (now.epoch() != expectedEpoch) {
            return now;
          }
          after[0] = new Placed(node, expectedEpoch + 1);
          return after[0];
        });
    Optional<Placed> switched = Optional.ofNullable(after[0]);
    if (switched.isPresent() && !silent) {
      listeners.forEach(listener -> listener.accept(room));
    }
    return switched;
  }

  @Override
  public Optional<String> target(RoomKey room, Set<String> notThese) {
    return nodes.keySet().stream()
        .filter(n -> !notThese.contains(n) && !dead.contains(n))
        .sorted()
        .findFirst();
  }

  @Override
  public List<RoomKey> roomsOn(String node) {
    List<RoomKey> rooms = new ArrayList<>();
    places.forEach(
        (room, placed) -> {
          if (placed.node().equals(node)) {
            rooms.add(room);
          }
        });
    return rooms;
  }

  @Override
  public void onChange(Consumer<RoomKey> listener) {
    listeners.add(listener);
  }

  @Override
  public Optional<Node> find(String node) {
    return Optional.ofNullable(nodes.get(node));
  }

  @Override
  public List<Node> all() {
    return List.copyOf(nodes.values());
  }

  @Override
  public boolean isBeingEmptied(String node) {
    return emptied.contains(node);
  }

  @Override
  public RoomMade createRoom(Node node, RoomKey room) {
    if (dead.contains(node.name())) {
      return RoomMade.UNREACHABLE;
    }
    LiveKit server = servers.get(node.name());
    if (server != null) {
      try {
        server.api().createRoom(room.room());
        return RoomMade.YES;
      } catch (SfuFailure failure) {
        return failure.kind() == SfuFailure.Kind.REFUSED ? RoomMade.REFUSED : RoomMade.UNREACHABLE;
      }
    }
    if (refuses.contains(node.name())) {
      return RoomMade.REFUSED;
    }
    made.add(node.name() + "/" + room.room());
    return RoomMade.YES;
  }

  @Override
  public Optional<List<String>> natives(Node node, RoomKey room) {
    LiveKit server = servers.get(node.name());
    return server == null
        ? Optional.of(people.getOrDefault(room, List.of()))
        : Optional.of(GateRealTest.peopleOrNobody(server, room.room()));
  }
}
