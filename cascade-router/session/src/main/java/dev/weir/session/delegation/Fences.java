package dev.weir.session.delegation;

import java.util.HashMap;
import java.util.Map;

/**
 * Where a leave is no evidence for a while: places that a room is moving from, where the leave
 * comes before the join at the new place. Confined to the thread that feeds the tracks.
 */
public final class Fences {
  /** By room and place. */
  private final Map<String, Map<String, Long>> movingUntil = new HashMap<>();

  /** A room starts to move away from a place. */
  public void moving(String room, String place, long now) {
    movingUntil.computeIfAbsent(room, r -> new HashMap<>()).put(place, now + Timing.GRACE);
    movingUntil.values().forEach(places -> places.values().removeIf(until -> until <= now));
    movingUntil.values().removeIf(Map::isEmpty);
  }

  /** When leaves at this place count again; not after {@code now} if they do already. */
  long until(String room, String place) {
    return movingUntil.getOrDefault(room, Map.of()).getOrDefault(place, 0L);
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
