package dev.weir.service.slots;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** When which slot wants to be looked at again. Every replica knows all of them; the owner acts. */
final class Ticks {
  private final InstantSource clock;
  private final TreeMap<Instant, Set<SlotKey>> byTime = new TreeMap<>();
  private final Map<SlotKey, Instant> bySlot = new HashMap<>();

  Ticks(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void set(SlotKey slot, Instant at) {
    forget(slot);
    bySlot.put(slot, at);
    byTime.computeIfAbsent(at, any -> new HashSet<>()).add(slot);
  }

  synchronized void forget(SlotKey slot) {
    Instant old = bySlot.remove(slot);
    if (old != null) {
      Set<SlotKey> there = byTime.getOrDefault(old, new HashSet<>());
      there.remove(slot);
      if (there.isEmpty()) {
        byTime.remove(old);
      }
    }
  }

  /**
   * What is due now. A slot stays due, a little later, until an event has given it another time:
   * the replica that owns it may be gone.
   */
  synchronized List<SlotKey> due() {
    List<SlotKey> due = new ArrayList<>();
    byTime.headMap(clock.instant(), true).values().forEach(due::addAll);
    Instant again = clock.instant().plus(Duration.ofSeconds(2));
    due.forEach(slot -> set(slot, again));
    return due;
  }
}
