package dev.weir.session.move;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Rooms that are to move: one move a room at a time, urgent ones first, then small rooms before
 * large ones, and planned moves paced. Not safe for threads; its owner is.
 */
public final class MoveQueue {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  /** A site's room. */
  public record Key(String site, String room) {}

  private final Pace pace;
  private final Map<Key, Wish> waiting = new LinkedHashMap<>();
  private final Map<Key, Wish> running = new HashMap<>();
  private final Set<Key> told = new HashSet<>();
  private final Map<String, Integer> perMinute = new HashMap<>();
  private final Map<String, Deque<Instant>> drained = new HashMap<>();
  private Instant lastPlanned = Instant.MIN;

  public MoveQueue(Pace pace) {
    this.pace = pace;
  }

  /**
   * Takes a wish. A room that waits or leaves that node already is not taken twice, but an urgent
   * wish takes the place of a waiting planned one. While a room moves, an urgent wish, or one to
   * leave the node that it is going to, waits for the end of that move.
   *
   * @return true when the room will move because of this wish
   */
  public boolean offer(Wish wish) {
    Key key = key(wish);
    Wish before = waiting.get(key);
    boolean better = before == null || (wish.cause().urgent() && !before.cause().urgent());
    Wish now = running.get(key);
    boolean leaves = now != null && now.from().equals(wish.from()) && !wish.cause().urgent();
    if (better && !leaves) {
      waiting.put(key, wish);
      return true;
    }
    return false;
  }

  /**
   * How many rooms may begin to move off a drained node in any minute; 0: as many as the queue's
   * own pace lets, which always holds. So a node with few rooms is empty soon.
   */
  public void pace(String node, int roomsPerMinute) {
    if (roomsPerMinute > 0) {
      perMinute.put(node, roomsPerMinute);
    } else {
      perMinute.remove(node);
      drained.remove(node);
    }
  }

  /** Those that may start now; each must be ended by {@link #finished}. */
  public List<Wish> start(Instant now) {
    List<Wish> started = new ArrayList<>();
    List<Wish> order =
        waiting.values().stream()
            .sorted(
                Comparator.comparing((Wish w) -> !w.cause().urgent()).thenComparing(Wish::people))
            .toList();
    for (Wish wish : order) {
      if (!running.containsKey(key(wish)) && mayStart(wish, now)) {
        waiting.remove(key(wish));
        running.put(key(wish), wish);
        started.add(wish);
        if (!wish.cause().urgent()) {
          lastPlanned = now;
        }
        if (wish.cause() == Cause.DRAIN && perMinute.containsKey(wish.from())) {
          drained.computeIfAbsent(wish.from(), node -> new ArrayDeque<>()).add(now);
        }
      }
    }
    return started;
  }

  /**
   * The clients of a moving room are on their way. Others may begin now: one client that does not
   * come back must not keep a node from being emptied.
   */
  public void told(String site, String room) {
    told.add(new Key(site, room));
  }

  public void finished(String site, String room) {
    running.remove(new Key(site, room));
    told.remove(new Key(site, room));
  }

  /** Forgets planned wishes of a node that is not to be emptied any more. */
  public int withdraw(String node) {
    int before = waiting.size();
    pace(node, 0);
    waiting.values().removeIf(w -> w.from().equals(node) && !w.cause().urgent());
    return before - waiting.size();
  }

  public int waiting() {
    return waiting.size();
  }

  public int running() {
    return running.size();
  }

  private boolean mayStart(Wish wish, Instant now) {
    boolean urgent = wish.cause().urgent();
    long alike =
        running.entrySet().stream()
            .filter(e -> e.getValue().cause().urgent() == urgent && !told.contains(e.getKey()))
            .count();
    if (urgent) {
      return alike < pace.urgentAtOnce();
    }
    boolean rested = lastPlanned.equals(Instant.MIN) || !now.isBefore(lastPlanned.plus(pace.gap()));
    return alike < pace.atOnce() && rested && isDueOffItsNode(wish, now);
  }

  private boolean isDueOffItsNode(Wish wish, Instant now) {
    Integer limit = perMinute.get(wish.from());
    Deque<Instant> begun = drained.get(wish.from());
    if (wish.cause() != Cause.DRAIN || limit == null || begun == null) {
      return true;
    }
    while (!begun.isEmpty() && !begun.getFirst().plus(MINUTE).isAfter(now)) {
      begun.removeFirst();
    }
    return begun.size() < limit;
  }

  private static Key key(Wish wish) {
    return new Key(wish.site(), wish.room());
  }
}
