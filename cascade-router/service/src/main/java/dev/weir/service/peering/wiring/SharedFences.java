package dev.weir.service.peering.wiring;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.legs.Fences;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/** Near the time of day, so that fences rise after a total loss too, and above the last one. */
final class SharedFences implements Fences {
  /** Longer than any grant or lease of a lost replica counts for anything. */
  private static final long REMEMBERED_HOURS = 24;

  private final IMap<String, Long> last;
  private final InstantSource clock;

  SharedFences(HazelcastInstance hazelcast, InstantSource clock) {
    this.last = hazelcast.getMap("weir.fences");
    this.clock = clock;
  }

  @Override
  public long next(String legId) {
    while (true) {
      Long before = last.get(legId);
      long next = before == null ? clock.millis() : Math.max(before + 1, clock.millis());
      boolean ours =
          before == null
              ? last.putIfAbsent(legId, next) == null
              : last.replace(legId, before, next);
      if (ours) {
        var unused = last.setTtl(legId, REMEMBERED_HOURS, TimeUnit.HOURS);
        return next;
      }
    }
  }
}
