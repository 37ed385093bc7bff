package dev.weir.service.legs;

import dev.weir.session.Attachment;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.name.RoomNames;
import dev.weir.session.plan.Leg;
import dev.weir.session.plan.Plan;
import dev.weir.session.slot.SlotState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jboss.logging.Logger;

/**
 * Removes what an earlier owner of a slot left in our rooms when it died: relayed copies that no
 * leg brings any more. A copy that is wanted needs no broom, because the new owner's session takes
 * its place.
 *
 * <p>A slot is looked at for a while after this replica became its owner. Only participants that
 * are marked as relayed are touched, and only when two looks in a row found the same one unwanted:
 * one of our own may just be leaving.
 */
final class LeftOvers {
  static final Duration WATCHED = Duration.ofSeconds(60);

  private static final Logger LOG = Logger.getLogger(LeftOvers.class);

  private final RelayNodes nodes;
  private final InstantSource clock;
  private final Map<Slot, Instant> ownedSince = new ConcurrentHashMap<>();
  private Set<Suspect> suspects = Set.of();

  private record Slot(Site site, SlotId id) {}

  private record Suspect(Spot spot, String room, RelayNodes.Copy copy) {}

  LeftOvers(RelayNodes nodes, InstantSource clock) {
    this.nodes = nodes;
    this.clock = clock;
  }

  /** Whether this replica owns a slot, whenever that was looked at. */
  void owned(Site site, SlotId slot, boolean mine) {
    if (mine) {
      ownedSince.putIfAbsent(new Slot(site, slot), clock.instant());
    } else {
      ownedSince.remove(new Slot(site, slot));
    }
  }

  /**
   * @param states of the slots that live
   * @param plans what is relayed now
   */
  synchronized void sweep(
      BiFunction<Site, SlotId, Optional<SlotState>> states, BiFunction<Site, SlotId, Plan> plans) {
    Set<Suspect> found = new HashSet<>();
    Instant recently = clock.instant().minus(WATCHED);
    ownedSince.forEach(
        (slot, since) -> {
          if (since.isAfter(recently)) {
            states
                .apply(slot.site(), slot.id())
                .ifPresent(state -> look(slot, state, plans, found));
          }
        });
    found.stream().filter(suspects::contains).forEach(this::remove);
    suspects = found;
  }

  private void look(
      Slot slot, SlotState state, BiFunction<Site, SlotId, Plan> plans, Set<Suspect> found) {
    Set<Spot> spots = new TreeSet<>();
    for (Attachment.Key key : state.attachments().keySet()) {
      spots.add(Spot.of(slot.site(), key.node(), key.room()));
    }
    plans.apply(slot.site(), slot.id()).all().forEach(leg -> spots.addAll(targets(leg)));
    for (Spot spot : spots) {
      String room = RoomNames.of(slot.id(), spot.room());
      try {
        for (RelayNodes.Copy copy : nodes.copies(slot.site(), spot.place().node(), room)) {
          // Planned before it is published: a copy that is listed has its plan by now.
          if (!isWanted(plans.apply(slot.site(), slot.id()), spot, copy.identity())) {
            found.add(new Suspect(spot, room, copy));
          }
        }
      } catch (IOException e) {
        // A node that does not answer is asked again at the next look.
        LOG.debugf("event=leftovers_not_listed node=%s", spot.place().node());
      }
    }
  }

  private static Set<Spot> targets(Leg leg) {
    Set<Spot> targets = new TreeSet<>();
    leg.carries().values().forEach(carried -> targets.addAll(carried.targets().keySet()));
    return targets;
  }

  private static boolean isWanted(Plan plan, Spot spot, String identity) {
    return plan.all().stream()
        .flatMap(leg -> leg.carries().values().stream())
        .anyMatch(
            carried -> carried.identity().equals(identity) && carried.targets().containsKey(spot));
  }

  private void remove(Suspect suspect) {
    Spot spot = suspect.spot();
    try {
      nodes.remove(spot.site(), spot.place().node(), suspect.room(), suspect.copy().identity());
      LOG.infof("event=leftover_removed node=%s room=%s", spot.place().node(), suspect.room());
    } catch (IOException e) {
      LOG.warnf("event=leftover_stays node=%s room=%s", spot.place().node(), suspect.room());
    }
  }
}
