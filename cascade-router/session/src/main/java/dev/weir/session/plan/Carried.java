package dev.weir.session.plan;

import dev.weir.session.Member;
import dev.weir.session.Spot;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** One publisher of a leg: who it is, and into which of our rooms it goes, each by which rule. */
public record Carried(String identity, Member member, SortedMap<Spot, Rule> targets) {
  public Carried {
    targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
  }
}
