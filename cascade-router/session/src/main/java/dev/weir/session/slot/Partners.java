package dev.weir.session.slot;

import dev.weir.session.Site;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What one site knows of others in one slot.
 *
 * @param connected peers whose stream is up
 * @param matched peers whose announcement of this slot we recognised
 * @param admitted sites that have viewers or guests of our focus, by their last admission
 * @param unannounced peers of which we hold live records though they do not announce the slot, and
 *     since when
 */
record Partners(
    Set<Site> connected,
    Set<Site> matched,
    Map<Site, Instant> admitted,
    Map<Site, Instant> unannounced) {
  static final Partners NONE = new Partners(Set.of(), Set.of(), Map.of(), Map.of());

  Partners {
    connected = Set.copyOf(connected);
    matched = Set.copyOf(matched);
    admitted = Map.copyOf(admitted);
    unannounced = Map.copyOf(unannounced);
  }

  Partners withConnected(Set<Site> value) {
    return new Partners(value, matched, admitted, unannounced);
  }

  Partners withMatched(Set<Site> value) {
    return new Partners(connected, value, admitted, unannounced);
  }

  Partners withAdmitted(Map<Site, Instant> value) {
    return new Partners(connected, matched, value, unannounced);
  }

  Partners withUnannounced(Map<Site, Instant> value) {
    return new Partners(connected, matched, admitted, value);
  }
}
