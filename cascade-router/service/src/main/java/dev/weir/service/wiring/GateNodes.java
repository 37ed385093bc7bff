package dev.weir.service.wiring;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Sites.PlacedNode;
import dev.weir.service.gate.Nodes;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.service.slots.Reports;
import dev.weir.service.slots.RoomCensus;
import dev.weir.service.slots.RoomEntry;
import dev.weir.service.slots.RoomMaker;
import dev.weir.service.slots.Rooms;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** The configured nodes as the gate asks for them. */
@Singleton
final class GateNodes implements Nodes {
  private final Configuration configuration;
  private final Rooms rooms;
  private final RoomMaker maker;
  private final RoomCensus census;
  private final Reports reports;

  GateNodes(
      Configuration configuration,
      Rooms rooms,
      RoomMaker maker,
      RoomCensus census,
      Reports reports) {
    this.configuration = configuration;
    this.rooms = rooms;
    this.maker = maker;
    this.census = census;
    this.reports = reports;
  }

  @Override
  public Optional<Node> find(String node) {
    return configuration.current().node(node).map(GateNodes::node);
  }

  @Override
  public List<Node> all() {
    return configuration.current().all().stream()
        .filter(HomeSite::gated)
        .flatMap(home -> home.nodes().stream())
        .flatMap(node -> find(node.id()).stream())
        .toList();
  }

  @Override
  public boolean isBeingEmptied(String node) {
    return configuration
        .current()
        .node(node)
        .filter(placed -> reports.isDraining(placed.node()))
        .isPresent();
  }

  private static Node node(PlacedNode placed) {
    return new Node(
        placed.node().id(),
        placed.home().site().name(),
        placed.node().signalling(),
        placed.pool().signingKey());
  }

  @Override
  public RoomMade createRoom(Node node, RoomKey room) {
    Optional<RoomEntry> entry = rooms.find(GateWords.router(room));
    if (entry.isEmpty()) {
      return RoomMade.REFUSED;
    }
    try {
      maker.makeAt(node.name(), entry.get().slot(), entry.get().room());
      return RoomMade.YES;
    } catch (RoomMaker.NoRoom e) {
      boolean refused =
          e.getCause() instanceof SfuFailure failure && failure.kind() == SfuFailure.Kind.REFUSED;
      return refused ? RoomMade.REFUSED : RoomMade.UNREACHABLE;
    }
  }

  @Override
  public Optional<List<String>> natives(Node node, RoomKey room) {
    return census.natives(node.name(), GateWords.router(room));
  }
}
