package dev.weir.session.slot;

import dev.weir.session.Client;
import dev.weir.session.Room;
import dev.weir.session.Site;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How annexes come to be elsewhere, and back. */
final class Absences {
  /** As long as called-back clients may take; until then the annex is kept as they will need it. */
  static final Duration COMING_BACK = Duration.ofSeconds(15);

  private Absences() {}

  /** Only annexes have a focus to go to. */
  static SlotState sent(SlotState state, Room annex, String node) {
    if (annex.kind() == Room.Kind.HOME) {
      return state;
    }
    Set<Client> clients = new HashSet<>();
    Set<Elsewhere> all = new HashSet<>();
    for (Elsewhere known : state.elsewhere()) {
      if (known.room().equals(annex)) {
        clients.addAll(known.clients());
      } else {
        all.add(known);
      }
    }
    all.add(new Elsewhere(annex, node, clients, Instant.EPOCH));
    return all.equals(state.elsewhere()) ? state : state.withElsewhere(all);
  }

  /** Where there is nobody to come, it is over at once. */
  static SlotState calledBack(SlotState state, Room annex, Instant now) {
    boolean used =
        state.attachments().keySet().stream().anyMatch(key -> key.room().equals(annex))
            || state.elsewhere().stream()
                .anyMatch(known -> known.room().equals(annex) && !known.clients().isEmpty());
    if (!used) {
      Set<Elsewhere> fewer = new HashSet<>(state.elsewhere());
      return fewer.removeIf(known -> known.room().equals(annex))
          ? state.withElsewhere(fewer)
          : state;
    }
    return changed(
        state, annex, known -> known.isAway() ? known.endingAt(now.plus(COMING_BACK)) : known);
  }

  /** The agreement with the focus has ended. */
  static SlotState calledBack(SlotState state, Site focus, Instant now) {
    SlotState changed = state;
    for (Elsewhere known : state.elsewhere()) {
      if (known.room().focus().equals(focus)) {
        changed = calledBack(changed, known.room(), now);
      }
    }
    return changed;
  }

  static SlotState bound(SlotState state, Room annex, Client client, boolean there) {
    return changed(state, annex, known -> known.with(client, there));
  }

  static SlotState ended(SlotState state, Instant now) {
    if (state.elsewhere().stream().noneMatch(known -> known.isOver(now))) {
      return state;
    }
    Set<Elsewhere> fewer = new HashSet<>(state.elsewhere());
    fewer.removeIf(known -> known.isOver(now));
    return state.withElsewhere(fewer);
  }

  static @Nullable Instant firstEnd(SlotState state) {
    @Nullable Instant first = null;
    for (Elsewhere known : state.elsewhere()) {
      first = known.isAway() ? first : Suspicion.earlier(first, known.endsAt());
    }
    return first;
  }

  /** Of what two replicas know of an annex: away if either says so, and everybody that is there. */
  static Set<Elsewhere> reunited(Collection<Elsewhere> one, Collection<Elsewhere> other) {
    Map<Room, Elsewhere> byRoom = new TreeMap<>();
    one.forEach(known -> byRoom.put(known.room(), known));
    other.forEach(known -> byRoom.merge(known.room(), known, Absences::merged));
    return Set.copyOf(byRoom.values());
  }

  private static Elsewhere merged(Elsewhere one, Elsewhere other) {
    Set<Client> clients = new HashSet<>(one.clients());
    clients.addAll(other.clients());
    Instant end = one.endsAt().isAfter(other.endsAt()) ? one.endsAt() : other.endsAt();
    return new Elsewhere(
        one.room(),
        one.node().compareTo(other.node()) <= 0 ? one.node() : other.node(),
        clients,
        one.isAway() || other.isAway() ? Instant.EPOCH : end);
  }

  private static SlotState changed(SlotState state, Room annex, UnaryOperator<Elsewhere> change) {
    Set<Elsewhere> all = new HashSet<>();
    for (Elsewhere known : state.elsewhere()) {
      all.add(known.room().equals(annex) ? change.apply(known) : known);
    }
    return all.equals(state.elsewhere()) ? state : state.withElsewhere(all);
  }
}
