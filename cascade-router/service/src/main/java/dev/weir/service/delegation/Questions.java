package dev.weir.service.delegation;

import dev.weir.session.delegation.JobState;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Rooms that the SFUs are to be asked about: what comes together is asked together. */
final class Questions {
  private final Map<String, Set<String>> rooms = new HashMap<>();
  private long at = JobState.NEVER;

  void add(String site, Collection<String> more, long notAfter) {
    rooms.computeIfAbsent(site, any -> new LinkedHashSet<>()).addAll(more);
    at = Math.min(at, notAfter);
  }

  /** When they are to be asked. */
  long at() {
    return at;
  }

  /** Rooms by site; forgets them. */
  Map<String, Set<String>> take() {
    Map<String, Set<String>> taken = Map.copyOf(rooms);
    rooms.clear();
    at = JobState.NEVER;
    return taken;
  }
}
