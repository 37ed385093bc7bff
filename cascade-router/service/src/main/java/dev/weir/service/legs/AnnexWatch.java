package dev.weir.service.legs;

import dev.weir.relay.LegState;
import dev.weir.service.peering.SlotBook;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.plan.Carried;
import dev.weir.session.plan.Rule;
import dev.weir.session.rebind.Rebinding;
import dev.weir.session.rebind.Rebinding.Look;
import dev.weir.session.slot.Elsewhere;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotState;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Looks at the legs into the annexes of the slots that this replica keeps, and tells the slot when
 * an annex' clients are better served by the focus itself, and when they can come back. {@link
 * Rebinding} decides; the slot carries the word to every gate.
 *
 * <p>What counts are the legs from other sites that bring publishers of the annex' focus: the focus
 * has these itself. A slot whose legs are all up costs a glance.
 */
public final class AnnexWatch {
  private static final Logger LOG = Logger.getLogger(AnnexWatch.class);

  /** As long as our own word may take to come back to us. */
  private static final Duration NEWS = Duration.ofSeconds(3);

  /** Sees to it that an annex exists at a node; does nothing when it does. */
  @FunctionalInterface
  public interface AnnexMaker {
    void make(Site site, SlotId slot, Room annex, String node);
  }

  private record Slot(Site site, SlotId id) {}

  private record Annex(Slot slot, Room room) {}

  /** An annex that is elsewhere, and whether anybody is in it or there. */
  private record Away(Elsewhere annex, boolean used) {}

  /** What the legs into one annex say. */
  private record Found(String node, Look look, Instant since) {
    Found and(Found other) {
      if (look != other.look) {
        return look == Look.BROKEN ? this : other;
      }
      // Broken for as long as the first is; whole for as long as the last is.
      boolean mine = since.isBefore(other.since) == (look == Look.BROKEN);
      return mine ? this : other;
    }
  }

  private final SlotBook book;
  private final LegKeeper keeper;
  private final Ownership ownership;
  private final Rebinding rebinding;
  private final AnnexMaker maker;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Map<Slot, Map<Room, Away>> away = new ConcurrentHashMap<>();
  private final Map<Annex, Rebinding.State> states = new HashMap<>();

  public AnnexWatch(
      SlotBook book,
      LegKeeper keeper,
      Ownership ownership,
      Rebinding rebinding,
      AnnexMaker maker,
      InstantSource clock,
      MeterRegistry meters) {
    this.book = book;
    this.keeper = keeper;
    this.ownership = ownership;
    this.rebinding = rebinding;
    this.maker = maker;
    this.clock = clock;
    this.meters = meters;
    meters.gaugeMapSize("weir.annexes.elsewhere", List.of(), away);
    book.onChange((site, slot, now, effects) -> note(new Slot(site, slot), now));
  }

  /** Reads what other replicas have decided before this one could hear of it. */
  public void recheck(Iterable<Site> sites) {
    for (Site site : sites) {
      for (SlotId slot : book.live(site)) {
        book.find(site, slot).ifPresent(state -> note(new Slot(site, slot), state));
      }
    }
  }

  private void note(Slot slot, SlotState state) {
    Map<Room, Away> annexes = new HashMap<>();
    for (Elsewhere annex : state.elsewhere()) {
      if (annex.isAway()) {
        boolean used =
            !annex.clients().isEmpty()
                || state.attachments().keySet().stream()
                    .anyMatch(key -> key.room().equals(annex.room()));
        annexes.put(annex.room(), new Away(annex, used));
      }
    }
    if (annexes.isEmpty()) {
      away.remove(slot);
    } else {
      away.put(slot, Map.copyOf(annexes));
    }
  }

  /** One look at everything; call it every second. */
  public synchronized void look() {
    Instant now = clock.instant();
    Set<Annex> seen = new HashSet<>();
    Set<Slot> watched = new HashSet<>(away.keySet());
    states.keySet().forEach(annex -> watched.add(annex.slot()));
    keeper.eachSlot(
        (site, id) -> {
          Slot slot = new Slot(site, id);
          Map<Room, Found> found = legs(slot, watched.contains(slot), now);
          found.forEach(
              (room, legs) -> {
                seen.add(new Annex(slot, room));
                judge(new Annex(slot, room), Optional.of(legs), now);
              });
        });
    away.forEach(
        (slot, annexes) -> {
          if (ownership.isMine(slot.site(), slot.id())) {
            for (Room room : annexes.keySet()) {
              Annex annex = new Annex(slot, room);
              if (seen.add(annex)) {
                judge(annex, Optional.empty(), now);
              }
            }
          }
        });
    states.keySet().retainAll(seen);
  }

  private Map<Room, Found> legs(Slot slot, boolean watched, Instant now) {
    List<LegKeeper.LegView> legs = keeper.legs(slot.site(), slot.id());
    Map<Room, Found> found = new HashMap<>();
    if (!watched && legs.stream().allMatch(leg -> isUp(leg.state()))) {
      return found;
    }
    for (LegKeeper.LegView leg : legs) {
      if (leg.leg().source().site().equals(slot.site())) {
        continue;
      }
      Look look = isUp(leg.state()) ? Look.CARRIED : Look.BROKEN;
      Instant since = leg.state().map(LegState::since).orElse(now);
      for (Carried carried : leg.leg().carries().values()) {
        carried
            .targets()
            .forEach(
                (target, rule) -> {
                  if (rule == Rule.R1 && target.room().kind() != Room.Kind.HOME) {
                    found.merge(target.room(), new Found(node(target), look, since), Found::and);
                  }
                });
      }
    }
    return found;
  }

  private static String node(Spot target) {
    return target.place().node();
  }

  private static boolean isUp(Optional<LegState> state) {
    return state.map(LegState::phase).filter(LegState.Phase.UP::equals).isPresent();
  }

  private void judge(Annex annex, Optional<Found> legs, Instant now) {
    Optional<Away> known =
        Optional.ofNullable(away.getOrDefault(annex.slot(), Map.of()).get(annex.room()));
    boolean isAway = known.isPresent();
    Rebinding.State before = states.getOrDefault(annex, Rebinding.State.fresh(isAway, now));
    if (before.away() != isAway) {
      if (now.isBefore(before.switchedAt().plus(NEWS))) {
        return;
      }
      // Decided by another replica, or by the end of the agreement.
      before = Rebinding.State.fresh(isAway, now);
    }
    boolean deserted = known.filter(there -> !there.used()).isPresent();
    Look look = deserted ? Look.DESERTED : legs.map(Found::look).orElse(Look.NOTHING);
    Instant since = deserted ? now : legs.map(Found::since).orElse(now);
    Rebinding.State after = rebinding.judge(before, look, since, now);
    states.put(annex, after);
    if (after.isPlain()) {
      states.remove(annex);
    }
    String node =
        known.map(there -> there.annex().node()).or(() -> legs.map(Found::node)).orElse("");
    if (isAway && look == Look.CARRIED && before.look() != Look.CARRIED) {
      // So that the relayed copies are there before the clients are.
      maker.make(annex.slot().site(), annex.slot().id(), annex.room(), node);
    }
    if (after.away() && !isAway) {
      tell(annex, "away", new SlotEvent.SentElsewhere(annex.room(), node));
    } else if (!after.away() && isAway) {
      tell(annex, deserted ? "deserted" : "back", new SlotEvent.CalledBack(annex.room()));
    }
  }

  private void tell(Annex annex, String what, SlotEvent event) {
    LOG.infof(
        "event=annex_rebound what=%s site=%s focus=%s kind=%s",
        what, annex.slot().site(), annex.room().focus(), annex.room().kind());
    meters.counter("weir.annexes.rebound", "what", what).increment();
    book.apply(annex.slot().site(), annex.slot().id(), event);
  }
}
