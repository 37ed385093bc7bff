package dev.weir.session.delegation;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * Where a leave is no evidence for a while: places that a room is moving from, where the leave
 * comes before the join at the new place. Confined to the thread that feeds the tracks.
 */
public final class Fences {
  private record Spot(String room, String place) {}

  private final Map<Spot, Long> movingUntil = new HashMap<>();

  /** A room starts to move away from a place. */
  public void moving(String room, String place, long now) {
    movingUntil.put(new Spot(room, place), now + Timing.GRACE);
    for (Iterator<Long> each = movingUntil.values().iterator(); each.hasNext(); ) {
      if (each.next() <= now) {
        each.remove();
      }
    }
  }

  /** When leaves at this place count again; not after {@code now} if they do already. */
  long until(String room, String place) {
    return movingUntil.getOrDefault(new Spot(room, place), 0L);
  }
}
