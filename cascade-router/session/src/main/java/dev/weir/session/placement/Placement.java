package dev.weir.session.placement;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.weir.session.CodePoints;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where a room is: parts, merged by union, so that two replicas that placed a room twice end with
 * one placement that both agree on. A part is known by node and epoch, and its state only goes on.
 */
public record Placement(List<Part> parts) {
  public static final Placement NOWHERE = new Placement(List.of());

  public Placement {
    parts = parts.stream().sorted().toList();
  }

  /** Union; of the same part the later state, and of two purposes the first in their order. */
  public Placement merge(Placement other) {
    TreeMap<Part, Part> union = new TreeMap<>();
    parts.forEach(part -> union.put(part, part));
    other.parts.forEach(part -> union.merge(part, part, Placement::later));
    return new Placement(List.copyOf(union.values()));
  }

  private static Part later(Part a, Part b) {
    Part.State state = a.state().compareTo(b.state()) >= 0 ? a.state() : b.state();
    Part.Purpose purpose = a.purpose().compareTo(b.purpose()) <= 0 ? a.purpose() : b.purpose();
    return new Part(a.node(), a.epoch(), purpose, state);
  }

  /** The room's own place: the lowest (epoch, node) that lives; a second place only without one. */
  @JsonIgnore
  public Optional<Part> primary() {
    return live().stream().min(Comparator.comparing(Part::isSecond).thenComparing(part -> part));
  }

  /** The living part on a node. */
  public Optional<Part> at(String node) {
    return live().stream().filter(part -> part.node().equals(node)).findFirst();
  }

  @JsonIgnore
  public List<Part> live() {
    return parts.stream().filter(part -> part.state() == Part.State.LIVE).toList();
  }

  /**
   * Parts that only exist because two replicas placed the room at once: to be emptied. Where both
   * came to the same node there is nothing to empty.
   */
  @JsonIgnore
  public List<Part> doubles() {
    List<Part> own = live().stream().filter(part -> !part.isSecond()).toList();
    return own.stream().filter(part -> !part.node().equals(own.getFirst().node())).toList();
  }

  /**
   * Whether that place was one, and has another now in its stead. Of a place that is not known yet
   * nothing can be said.
   */
  public boolean isOver(String node, long epoch) {
    return parts.stream()
            .filter(part -> part.node().equals(node) && part.epoch() == epoch)
            .anyMatch(part -> part.state() != Part.State.LIVE)
        && !live().isEmpty();
  }

  public Placement with(String node, Part.Purpose purpose) {
    if (at(node).isPresent()) {
      return this;
    }
    List<Part> more = new ArrayList<>(parts);
    more.add(new Part(node, nextEpoch(), purpose, Part.State.LIVE));
    return new Placement(more);
  }

  /**
   * A part has moved: the old one takes nobody new, the new one is there in its stead. Where the
   * room had another part before, both are one from now on.
   */
  public Placement moved(String from, String to) {
    Part.Purpose purpose = at(from).map(Part::purpose).orElse(Part.Purpose.MAIN);
    Placement freed = at(to).map(part -> to(part, Part.State.GONE)).orElse(this);
    return freed.with(to, purpose).to(from, Part.State.LEAVING);
  }

  /** The node keeps the room for those who are there, and takes nobody new. */
  public Placement leaving(String node) {
    return to(node, Part.State.LEAVING);
  }

  /** The node no longer has the room. */
  public Placement gone(String node) {
    return to(node, Part.State.GONE);
  }

  /**
   * What the nodes' own lists say: a populated room that is not in the set is added; a part that
   * leaves and is populated no more has left. A live, empty part stays: its room was just made.
   */
  public Placement found(Collection<String> populated, Collection<String> answered) {
    Placement placement = this;
    for (String node : populated.stream().sorted(CodePoints::compare).toList()) {
      boolean known =
          placement.parts.stream()
              .anyMatch(p -> p.node().equals(node) && p.state() != Part.State.GONE);
      if (!known) {
        placement = placement.with(node, Part.Purpose.FOUND);
      }
    }
    Set<String> empty = new HashSet<>(answered);
    empty.removeAll(populated);
    for (Part part : parts) {
      if (part.state() == Part.State.LEAVING && empty.contains(part.node())) {
        placement = placement.to(part, Part.State.GONE);
      }
    }
    return placement;
  }

  private Placement to(String node, Part.State state) {
    Placement placement = this;
    for (Part part : parts) {
      if (part.node().equals(node)) {
        placement = placement.to(part, state);
      }
    }
    return placement;
  }

  private Placement to(Part part, Part.State state) {
    return new Placement(
        parts.stream()
            .map(p -> p.equals(part) && p.state().compareTo(state) < 0 ? p.in(state) : p)
            .toList());
  }

  private long nextEpoch() {
    return parts.stream().mapToLong(Part::epoch).max().orElse(0) + 1;
  }
}
