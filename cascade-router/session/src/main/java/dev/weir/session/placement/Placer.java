package dev.weir.session.placement;

import dev.weir.session.CodePoints;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds a node for a joiner of a room.
 *
 * <ol>
 *   <li>Sticky: a room that lives on a serving node with space takes its joiners there.
 *   <li>Full or not serving: its next part with space, else a second place on another node; the
 *       plan bridges the parts.
 *   <li>New: of the serving nodes with space, those in the wanted region if there are any, the one
 *       with the least corrected stress. Corrected = reported + what was placed since, at the
 *       average cost that a room has in this pool.
 * </ol>
 */
public final class Placer {
  private Placer() {}

  public static Route route(
      Placement placement, Collection<NodeReport> nodes, Recent recent, String region) {
    Map<String, NodeReport> byName =
        nodes.stream().collect(Collectors.toMap(NodeReport::node, Function.identity()));
    for (Part part : placement.live()) {
      Optional<NodeReport> node = Optional.ofNullable(byName.get(part.node()));
      if (node.isPresent() && serves(node.get()) && hasSpace(node.get(), recent)) {
        return new Route.Existing(part);
      }
    }
    List<NodeReport> serving = nodes.stream().filter(Placer::serves).toList();
    List<NodeReport> open = serving.stream().filter(node -> hasSpace(node, recent)).toList();
    if (open.isEmpty()) {
      // The limit sends joiners elsewhere, where there is an elsewhere: it parts no call.
      Optional<Part> full =
          placement.live().stream()
              .filter(part -> serving.stream().anyMatch(node -> node.node().equals(part.node())))
              .findFirst();
      if (full.isPresent()) {
        return new Route.Existing(full.get());
      }
      return new Route.Nowhere(
          serving.isEmpty() ? Route.Reason.NO_NODE_SERVES : Route.Reason.ALL_NODES_FULL);
    }
    Part.Purpose purpose = placement.live().isEmpty() ? Part.Purpose.MAIN : Part.Purpose.SPILL;
    return new Route.New(best(open, nodes, recent, region), purpose);
  }

  /**
   * The part that takes a client of a room that is there: its own place before a second one, unless
   * that is full or being emptied. A node that does not answer is no reason to split a call: if it
   * is dead, the room moves.
   */
  public static Optional<Part> open(
      Placement placement, Collection<NodeReport> nodes, Recent recent) {
    Map<String, NodeReport> byName =
        nodes.stream().collect(Collectors.toMap(NodeReport::node, Function.identity()));
    return placement.live().stream()
        .sorted(Comparator.comparing(Part::isSecond))
        .filter(
            part -> {
              Optional<NodeReport> node = Optional.ofNullable(byName.get(part.node()));
              return node.isPresent() && !empties(node.get()) && hasSpace(node.get(), recent);
            })
        .findFirst();
  }

  private static boolean empties(NodeReport node) {
    return node.state() == NodeReport.State.DRAINING || node.state() == NodeReport.State.DRAINED;
  }

  /**
   * The best node to move a part of a room to: one that the room is not on. A room in several parts
   * may also become one.
   */
  public static Optional<String> target(
      Placement placement, Collection<NodeReport> nodes, Recent recent, String region) {
    List<NodeReport> open =
        nodes.stream().filter(Placer::serves).filter(node -> hasSpace(node, recent)).toList();
    List<NodeReport> fresh =
        open.stream().filter(node -> placement.at(node.node()).isEmpty()).toList();
    List<NodeReport> fitting = fresh.isEmpty() && placement.live().size() > 1 ? open : fresh;
    return fitting.isEmpty() ? Optional.empty() : Optional.of(best(fitting, nodes, recent, region));
  }

  private static String best(
      List<NodeReport> open, Collection<NodeReport> all, Recent recent, String region) {
    List<NodeReport> near = open.stream().filter(node -> node.region().equals(region)).toList();
    double perRoom = averageCost(all);
    return (near.isEmpty() ? open : near)
        .stream()
            .min(
                Comparator.<NodeReport>comparingDouble(node -> corrected(node, recent, perRoom))
                    .thenComparing(NodeReport::node, CodePoints::compare))
            .orElseThrow()
            .node();
  }

  static double corrected(NodeReport node, Recent recent, double perRoom) {
    return node.stress() + recent.rooms(node) * perRoom;
  }

  /** What a room costs on average; before there is any, one part in a hundred of a node. */
  private static double averageCost(Collection<NodeReport> nodes) {
    int rooms = nodes.stream().mapToInt(NodeReport::rooms).sum();
    double stress = nodes.stream().mapToDouble(NodeReport::stress).sum();
    return rooms == 0 || stress == 0 ? 0.01 : stress / rooms;
  }

  private static boolean serves(NodeReport node) {
    return node.state() == NodeReport.State.SERVING;
  }

  private static boolean hasSpace(NodeReport node, Recent recent) {
    int limit = node.limits().participants();
    boolean seats = limit == 0 || node.participants() + recent.participants(node) < limit;
    return seats && node.stress() < 1;
  }
}
