package dev.weir.session.plan;

import dev.weir.session.Spot;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The relay of some native publishers of one room at one place into rooms of ours. There is one leg
 * for a source, whatever number of rooms and nodes it feeds: each publisher crosses once, and two
 * sets of pulls of one room would kick each other.
 */
public record Leg(Spot source, SortedMap<String, Carried> carries) {
  public Leg {
    carries = Collections.unmodifiableSortedMap(new TreeMap<>(carries));
  }

  /** Every room at every place that this leg feeds. */
  public Set<Spot> targets() {
    Set<Spot> targets = new TreeSet<>();
    carries.values().forEach(carried -> targets.addAll(carried.targets().keySet()));
    return targets;
  }
}
