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

  private record Placed(long second, boolean newRoom) {}

  private static final class Second {
    private int participants;
    private int rooms;

    void add(Placed placed, int sign) {
      participants += sign;
      rooms += placed.newRoom() ? sign : 0;
    }
  }

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
      take(client, before);
    }
    boolean made = newRoom || (before != null && before.newRoom());
    Placed placed = new Placed(now.getEpochSecond(), made);
    clients.put(client, placed);
    nodes
        .computeIfAbsent(node, first -> new TreeMap<>())
        .computeIfAbsent(placed.second(), first -> new Second())
        .add(placed, 1);
  }

  private void forget(long before) {
    Iterator<Map.Entry<Client, Placed>> eldest = clients.entrySet().iterator();
    while (eldest.hasNext()) {
      Map.Entry<Client, Placed> entry = eldest.next();
      if (entry.getValue().second() >= before) {
        return;
      }
      take(entry.getKey(), entry.getValue());
      eldest.remove();
    }
  }

  private void take(Client client, Placed placed) {
    nodes.computeIfPresent(
        client.node(),
        (node, seconds) -> {
          seconds.computeIfPresent(
              placed.second(),
              (second, counted) -> {
                counted.add(placed, -1);
                return counted.participants == 0 ? null : counted;
              });
          return seconds.isEmpty() ? null : seconds;
        });
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
