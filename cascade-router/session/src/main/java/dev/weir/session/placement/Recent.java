package dev.weir.session.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What was placed lately, and so cannot be in the nodes' reports yet. Without this, everything that
 * comes between two reports lands on one node.
 */
public record Recent(List<Placed> placed) {
  /** From an answer to a client until its participant shows in a report. */
  private static final Duration LAG = Duration.ofSeconds(5);

  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);
  public static final Recent NOTHING = new Recent(List.of());

  /**
   * One client on its way to a node; that it asks several times while it joins makes it no more.
   *
   * @param newRoom a room was made for it, else one more participant came
   */
  public record Placed(String node, String identity, boolean newRoom, Instant at) {}

  public Recent {
    placed = List.copyOf(placed);
  }

  public Recent with(String node, String identity, boolean newRoom, Instant now) {
    List<Placed> more = new ArrayList<>(placed);
    boolean made = newRoom;
    for (Iterator<Placed> each = more.iterator(); each.hasNext(); ) {
      Placed p = each.next();
      boolean again = p.node().equals(node) && p.identity().equals(identity);
      made |= again && p.newRoom();
      if (again || p.at().isBefore(now.minus(FORGOTTEN_AFTER))) {
        each.remove();
      }
    }
    more.add(new Placed(node, identity, made, now));
    return new Recent(more);
  }

  /** Participants on their way to a node that its report does not hold. */
  long participants(NodeReport report) {
    return notReported(report).count();
  }

  /** Rooms on their way to a node that its report does not hold. */
  long rooms(NodeReport report) {
    return notReported(report).filter(Placed::newRoom).count();
  }

  private java.util.stream.Stream<Placed> notReported(NodeReport report) {
    Instant seen = report.at().minus(LAG);
    return placed.stream().filter(p -> p.node().equals(report.node()) && p.at().isAfter(seen));
  }
}
