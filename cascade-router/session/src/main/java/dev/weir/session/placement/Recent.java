package dev.weir.session.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * What was placed lately, and so cannot be in the nodes' reports yet. Without this, everything that
 * comes between two reports lands on one node. Counted by the second, so that one more client costs
 * the same however many came before it. For any number of threads.
 */
public final class Recent {
  /** From an answer to a client until its participant shows in a report. */
  private static final Duration LAG = Duration.ofSeconds(5);

  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

  private record Client(String node, String identity) {}

  /** What came to one node in one second. */
  private static final class Second {
    private final long at;
    private int participants;
    private int rooms;

    Second(long at) {
      this.at = at;
    }

    void count(boolean newRoom, int sign) {
      participants += sign;
      rooms += newRoom ? sign : 0;
    }
  }

  private record Placed(Second second, boolean newRoom) {}

  /** The eldest first. */
  private final Map<Client, Placed> clients = new LinkedHashMap<>();

  private final Map<String, TreeMap<Long, Second>> nodes = new HashMap<>();

  /**
   * One client is on its way to a node; that it asks several times while it joins makes it no more.
   *
   * @param newRoom a room was made for it, else one more participant came
   */
  public synchronized void add(String node, String identity, boolean newRoom, Instant now) {
    forget(now.minus(FORGOTTEN_AFTER).getEpochSecond());
    Client client = new Client(node, identity);
    Placed before = clients.remove(client);
    if (before != null) {
      before.second().count(before.newRoom(), -1);
    }
    boolean made = newRoom || (before != null && before.newRoom());
    Second second =
        nodes
            .computeIfAbsent(node, first -> new TreeMap<>())
            .computeIfAbsent(now.getEpochSecond(), Second::new);
    second.count(made, 1);
    clients.put(client, new Placed(second, made));
  }

  private void forget(long before) {
    nodes.values().forEach(seconds -> seconds.headMap(before).clear());
    nodes.values().removeIf(Map::isEmpty);
    Iterator<Placed> eldest = clients.values().iterator();
    while (eldest.hasNext() && eldest.next().second().at < before) {
      eldest.remove();
    }
  }

  /** Participants on their way to a node that its report does not hold. */
  synchronized int participants(NodeReport report) {
    return notReported(report, second -> second.participants);
  }

  /** Rooms on their way to a node that its report does not hold. */
  synchronized int rooms(NodeReport report) {
    return notReported(report, second -> second.rooms);
  }

  private int notReported(NodeReport report, ToIntFunction<Second> what) {
    TreeMap<Long, Second> seconds = nodes.get(report.node());
    long seen = report.at().minus(LAG).getEpochSecond();
    return seconds == null
        ? 0
        : seconds.tailMap(seen, false).values().stream().mapToInt(what).sum();
  }

  /** Clients that are remembered. */
  synchronized int size() {
    return clients.size();
  }
}
