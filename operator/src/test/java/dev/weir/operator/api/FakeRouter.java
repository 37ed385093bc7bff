package dev.weir.operator.api;

import dev.weir.operator.router.RouterClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Routers as the operator sees them: they know the nodes of the world's pods, carry calls, and move
 * them to open nodes when told to.
 */
final class FakeRouter implements RouterClient {
  private final Map<String, AtomicInteger> participants = new ConcurrentHashMap<>();
  private final Set<String> closed = ConcurrentHashMap.newKeySet();
  private final Set<String> nodes = ConcurrentHashMap.newKeySet();
  final List<String> orders = new CopyOnWriteArrayList<>();
  volatile boolean away;
  volatile boolean movesWork = true;

  private static String key(String namespace, String pool, String node) {
    return namespace + "/" + pool + "/" + node;
  }

  void up(String namespace, String pool, String node) {
    nodes.add(key(namespace, pool, node));
  }

  void down(String namespace, String pool, String node) {
    nodes.remove(key(namespace, pool, node));
    closed.remove(key(namespace, pool, node));
  }

  void calls(String namespace, String pool, String node, int count) {
    participants.put(key(namespace, pool, node), new AtomicInteger(count));
  }

  int calls(String namespace, String pool, String node) {
    AtomicInteger count = participants.get(key(namespace, pool, node));
    return count == null ? 0 : count.get();
  }

  @Override
  public Applied applied(String kind, String namespace, String name, long generation) {
    return away
        ? new Applied.NobodyAnswers("no router replica answers")
        : new Applied.Everywhere(1);
  }

  @Override
  public Optional<List<NodeLoad>> nodes(String namespace, String pool) {
    if (away) {
      return Optional.empty();
    }
    List<NodeLoad> loads = new ArrayList<>();
    String prefix = namespace + "/" + pool + "/";
    for (String node : nodes) {
      if (node.startsWith(prefix)) {
        String name = node.substring(prefix.length());
        int count = calls(namespace, pool, name);
        loads.add(
            new NodeLoad(
                name,
                "ws://" + name,
                true,
                closed.contains(node),
                (count + 2) / 3,
                count,
                count / 100.0,
                "1.13.5"));
      }
    }
    return Optional.of(loads);
  }

  @Override
  public void setDraining(String namespace, String pool, String node, boolean draining) {
    orders.add((draining ? "close " : "open ") + node);
    if (draining) {
      closed.add(key(namespace, pool, node));
    } else {
      closed.remove(key(namespace, pool, node));
    }
  }

  @Override
  public void move(String namespace, String pool, String node, int roomsPerMinute) {
    orders.add("move " + node);
    if (!movesWork) {
      return;
    }
    String prefix = namespace + "/" + pool + "/";
    nodes.stream()
        .filter(other -> other.startsWith(prefix) && !closed.contains(other))
        .findFirst()
        .ifPresent(
            target -> {
              int moved = calls(namespace, pool, node);
              participants.computeIfAbsent(target, ignored -> new AtomicInteger()).addAndGet(moved);
              calls(namespace, pool, node, 0);
            });
  }

  @Override
  public Optional<SiteReport> site(String serverName) {
    return away ? Optional.empty() : Optional.of(new SiteReport(0, 0, List.of(), List.of()));
  }
}
