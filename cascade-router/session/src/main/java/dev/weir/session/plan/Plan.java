package dev.weir.session.plan;

import dev.weir.session.Spot;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The legs that one site should have for one slot, by their source. */
public record Plan(SortedMap<Spot, Leg> legs, List<Omission> omitted) {
  public static final Plan NONE = new Plan(Collections.emptySortedMap(), List.of());

  public Plan {
    legs = Collections.unmodifiableSortedMap(new TreeMap<>(legs));
    omitted = List.copyOf(omitted);
  }

  public Collection<Leg> all() {
    return legs.values();
  }

  /** What has to change in order to get here. */
  public PlanChange since(Plan before) {
    SortedMap<Spot, Leg> put = new TreeMap<>();
    legs.forEach(
        (source, leg) -> {
          if (!leg.equals(before.legs.get(source))) {
            put.put(source, leg);
          }
        });
    return new PlanChange(
        List.copyOf(put.values()),
        before.legs.keySet().stream().filter(source -> !legs.containsKey(source)).toList());
  }
}
