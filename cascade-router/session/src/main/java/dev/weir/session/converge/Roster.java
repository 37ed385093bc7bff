package dev.weir.session.converge;

import dev.weir.session.SlotId;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The members of a slot at a time, oldest first. */
public record Roster(List<Membership> members) {
  public Roster {
    members = List.copyOf(members);
  }

  /**
   * Who counts: of the slot, not expired, joined to the room. A sticky membership replaces the
   * state event with its key; in a closed slot no sticky one counts.
   */
  public static Roster of(
      SlotId slot,
      SlotStatus status,
      Collection<Membership> memberships,
      Predicate<String> joined,
      Instant now) {
    boolean closed = status == SlotStatus.CLOSED;
    Set<String> stickyKeys = new HashSet<>();
    if (!closed) {
      memberships.stream().filter(Membership::sticky).forEach(m -> stickyKeys.add(m.key()));
    }
    String callId = slot.slotId().substring(slot.slotId().indexOf('#') + 1);
    return new Roster(
        memberships.stream()
            .filter(m -> m.sticky() ? !closed : !stickyKeys.contains(m.key()))
            .filter(m -> m.callId().equals(callId))
            .filter(m -> !m.isExpired(now))
            .filter(m -> joined.test(m.user()))
            .sorted(Membership.OLDEST_FIRST)
            .toList());
  }

  /** The oldest member; clients of the first shape are not seen by today's. */
  public Optional<Membership> oldest() {
    return members.stream().filter(m -> m.selection() != Selection.FOCI_ACTIVE).findFirst();
  }

  /** Whether clients may disagree about the oldest, because ages are equal and foci are not. */
  public boolean isSplit() {
    Optional<Membership> oldest = oldest();
    return oldest.isPresent()
        && members.stream().anyMatch(m -> m.selection() == Selection.OLDEST_MEMBERSHIP)
        && members.stream()
                .filter(m -> m.selection() != Selection.FOCI_ACTIVE)
                .filter(m -> m.createdAt().equals(oldest.get().createdAt()))
                .map(Convergence::chosenByItself)
                .distinct()
                .count()
            > 1;
  }
}
