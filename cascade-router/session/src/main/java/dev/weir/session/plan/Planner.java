package dev.weir.session.plan;

import dev.weir.session.Client;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.Spot;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.SlotState;
import dev.weir.session.view.Held;
import dev.weir.session.view.MemberRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whose media goes into which of our rooms.
 *
 * <ul>
 *   <li>R1: a publisher goes into every room for its focus, on every node that room spans;
 *   <li>R2: a legacy publisher goes into every home room and view annex with a viewer;
 *   <li>R3: a legacy viewer's room gets every publisher of the slot.
 * </ul>
 *
 * Only native publishers are sources, so loops cannot be. An identity that is native in a room, or
 * on its way there, is never relayed into it, and never twice from two sources. A hosted record
 * only counts for the annexes of the focus that wrote it.
 */
public final class Planner {
  private final PlanPolicy policy;

  public Planner(PlanPolicy policy) {
    this.policy = policy;
  }

  public Plan plan(SlotState state) {
    return new Sketch(state).plan();
  }

  /** Publishing before silent, home site's word before a focus' word, then by client. */
  private static final Comparator<Held> SOURCES =
      Comparator.<Held, Boolean>comparing(held -> !held.record().publishes())
          .thenComparing(held -> held.record().hosted())
          .thenComparing(held -> held.record().client())
          .thenComparing(held -> held.record().writer());

  /** One planning of one slot. */
  private final class Sketch {
    private final SlotState state;
    private final Site self;
    private final List<Held> sources = new ArrayList<>();
    private final Map<Spot, Audience> audiences;
    private final Map<Room, List<Spot>> byRoom = new HashMap<>();
    private final List<Spot> anyViewer = new ArrayList<>();
    private final List<Spot> legacyViewer = new ArrayList<>();
    private final Map<Spot, Map<String, Want>> wanted = new TreeMap<>();

    Sketch(SlotState state) {
      this.state = state;
      this.self = state.self();
      Set<Client> legacy = new HashSet<>();
      for (Held held : state.view().live()) {
        MemberRecord record = held.record();
        if (record.legacy() && record.writer().equals(self)) {
          legacy.add(record.client());
        }
        if (policy.carriesSilent() || record.publishes()) {
          sources.add(held);
        }
      }
      sources.sort(SOURCES);
      audiences = Audience.of(state, legacy);
      audiences.forEach(this::index);
    }

    private void index(Spot spot, Audience audience) {
      byRoom.computeIfAbsent(spot.room(), r -> new ArrayList<>(1)).add(spot);
      if (audience.isFull() && spot.room().kind() != Room.Kind.GUEST) {
        anyViewer.add(spot);
      }
      if (audience.isLegacy() && spot.room().kind() != Room.Kind.VIEW) {
        legacyViewer.add(spot);
      }
    }

    Plan plan() {
      for (Held held : sources) {
        MemberRecord record = held.record();
        Site focus = record.focus();
        if (focus.equals(self)) {
          want(held, byRoom.getOrDefault(Room.home(self), List.of()), Rule.R1);
        } else {
          want(held, byRoom.getOrDefault(Room.view(focus), List.of()), Rule.R1);
          want(held, byRoom.getOrDefault(Room.guest(focus), List.of()), Rule.R1);
        }
        // What another focus says about its guests is true for its own annexes only.
        if (!record.hosted() || focus.equals(self)) {
          if (record.legacy()) {
            want(held, anyViewer, Rule.R2);
          }
          want(held, legacyViewer, Rule.R3);
        }
      }
      return capped();
    }

    private void want(Held held, List<Spot> targets, Rule rule) {
      MemberRecord record = held.record();
      for (Spot target : targets) {
        Spot source = record.source();
        Audience audience = audiences.get(target);
        if (audience == null
            || source.equals(target)
            || audience.isNobodyBut(record.client())
            || isMoveBetween(source, target)) {
          continue;
        }
        for (String identity : record.identities()) {
          if (!audience.holds(identity)) {
            wanted
                .computeIfAbsent(target, t -> new HashMap<>())
                .putIfAbsent(identity, new Want(held, rule));
          }
        }
      }
    }

    private boolean isMoveBetween(Spot source, Spot target) {
      if (state.moves().isEmpty()
          || !source.site().equals(self)
          || !source.room().equals(target.room())) {
        return false;
      }
      for (RoomMove move : state.moves()) {
        if (move.joins(target.room(), source.place().node(), target.place().node())) {
          return true;
        }
      }
      return false;
    }

    private Plan capped() {
      Caps caps = new Caps(policy, self);
      List<Omission> omitted = new ArrayList<>();
      SortedMap<Spot, SortedMap<String, Map<Spot, Want>>> bySource = new TreeMap<>();
      Set<Client> admitted = caps.admitPeers(wanted.values());
      wanted.forEach(
          (target, wants) ->
              caps.admitRoom(target, wants, admitted, omitted)
                  .forEach(
                      (identity, want) ->
                          bySource
                              .computeIfAbsent(want.held().record().source(), s -> new TreeMap<>())
                              .computeIfAbsent(identity, i -> new TreeMap<>())
                              .put(target, want)));
      SortedMap<Spot, Leg> legs = new TreeMap<>();
      bySource.forEach((source, identities) -> legs.put(source, leg(source, identities)));
      return new Plan(legs, omitted);
    }

    private Leg leg(Spot source, Map<String, Map<Spot, Want>> identities) {
      SortedMap<String, Carried> carries = new TreeMap<>();
      identities.forEach(
          (identity, targets) -> {
            SortedMap<Spot, Rule> rules = new TreeMap<>();
            targets.forEach((target, want) -> rules.put(target, want.rule()));
            Want any = targets.values().iterator().next();
            carries.put(identity, new Carried(identity, any.held().record().member(), rules));
          });
      return new Leg(source, carries);
    }
  }

  /** A publisher that a room should get. */
  record Want(Held held, Rule rule) {}
}
