package dev.weir.relay.session;

import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Lets a few sessions at a time join a server; the others wait in their order. A server works
 * through joins one by one and tells each to everybody who is in the room, so hundreds at once are
 * all answered too late, given up, and tried again.
 */
public final class Doorway {
  private static final int AT_ONCE = 24;

  private final Map<Object, Waiting> waiting = new LinkedHashMap<>();
  private final Map<Object, URI> inside = new HashMap<>();
  private final Map<URI, Integer> joining = new HashMap<>();

  private record Waiting(URI server, Runnable join) {}

  /**
   * Runs the join now or when it is its turn, unless who asked has left by then.
   *
   * @param join quick, for it may run on the thread of whoever left
   */
  void enter(Object who, URI server, Runnable join) {
    synchronized (this) {
      if (joining.getOrDefault(server, 0) >= AT_ONCE) {
        waiting.put(who, new Waiting(server, join));
        return;
      }
      letIn(who, server);
    }
    join.run();
  }

  /** The join succeeded or failed, or is not wanted any more. */
  void leave(Object who) {
    Runnable next;
    synchronized (this) {
      waiting.remove(who);
      URI server = inside.remove(who);
      if (server == null) {
        return;
      }
      joining.merge(server, -1, (before, less) -> before + less == 0 ? null : before + less);
      next = next(server);
    }
    next.run();
  }

  private Runnable next(URI server) {
    for (Map.Entry<Object, Waiting> entry : waiting.entrySet()) {
      if (entry.getValue().server().equals(server)) {
        waiting.remove(entry.getKey());
        letIn(entry.getKey(), server);
        return entry.getValue().join();
      }
    }
    return () -> {};
  }

  private void letIn(Object who, URI server) {
    inside.put(who, server);
    joining.merge(server, 1, Integer::sum);
  }
}
