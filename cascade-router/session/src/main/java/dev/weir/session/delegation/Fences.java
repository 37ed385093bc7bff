package dev.weir.session.delegation;

import java.util.HashMap;
import java.util.Map;

/**
 * Where a leave is no evidence for a while: places that a room is moving from, where the leave
 * comes before the join at the new place, and nodes that were silent. Confined to the thread that
 * feeds the tracks.
 */
public final class Fences {
  private static final long PAUSE = 5_000;

  /** By room and place. */
  private final Map<String, Map<String, Long>> movingUntil = new HashMap<>();

  private final Map<String, Long> silentUntil = new HashMap<>();
  private long pausedUntil;

  /** A room starts to move away from a place. */
  public void moving(String room, String place, long now) {
    movingUntil.computeIfAbsent(room, r -> new HashMap<>()).put(place, now + Timing.GRACE);
    movingUntil.values().forEach(places -> places.values().removeIf(until -> until <= now));
    movingUntil.values().removeIf(Map::isEmpty);
  }

  /**
   * A node does not answer, or has just begun to answer again. Whom it lost in that time it lost by
   * its own fault, and they come back.
   */
  public void silent(String place, long now) {
    silentUntil.values().removeIf(until -> until <= now);
    silentUntil.put(place, now + Timing.GRACE);
  }

  /**
   * To be called at every turn. So late a turn is no load: this process stood still, or the whole
   * machine, so perhaps every node did.
   *
   * @param due when the turn ought to have been
   */
  public boolean wentOn(long due, long now) {
    boolean late = now - due > PAUSE;
    pausedUntil = late ? now + Timing.GRACE : pausedUntil;
    return late;
  }

  /** When leaves at this place count again; not after {@code now} if they do already. */
  long until(String room, String place) {
    long moving = movingUntil.getOrDefault(room, Map.of()).getOrDefault(place, 0L);
    return Math.max(pausedUntil, Math.max(moving, silentUntil.getOrDefault(place, 0L)));
  }

  /**
   * When it counts again that somebody is nowhere in this room: who was in it unnoticed is on the
   * way for a while.
   */
  long until(String room) {
    return movingUntil.getOrDefault(room, Map.of()).values().stream()
        .mapToLong(until -> until)
        .max()
        .orElse(0);
  }
}
