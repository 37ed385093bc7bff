package dev.weir.session.converge;

import dev.weir.session.CodePoints;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One membership of a slot, whatever the shape of its event.
 *
 * @param key state key, or sticky key: one membership each
 * @param slotId {@code application#id}
 * @param expiresAt empty if it does not expire by itself
 * @param meshLimit with how many members a mesh becomes an SFU call
 */
public record Membership(
    String key,
    boolean sticky,
    String user,
    String device,
    String memberId,
    String slotId,
    Instant createdAt,
    Optional<Instant> expiresAt,
    Selection selection,
    List<Transport> foci,
    int meshLimit) {
  /**
   * Oldest first. Clients break ties by the order in which events arrived, which is a split brain;
   * we break them by what everybody can see.
   */
  public static final Comparator<Membership> OLDEST_FIRST =
      Comparator.comparing(Membership::createdAt)
          .thenComparing(Membership::user, CodePoints::compare)
          .thenComparing(Membership::device, CodePoints::compare)
          .thenComparing(Membership::memberId, CodePoints::compare)
          .thenComparing(Membership::key, CodePoints::compare);

  public Membership {
    foci = List.copyOf(foci);
  }

  /** The part of the slot id after the application. */
  String callId() {
    return slotId.substring(slotId.indexOf('#') + 1);
  }

  boolean isExpired(Instant now) {
    return expiresAt.isPresent() && !expiresAt.get().isAfter(now);
  }

  Optional<Transport> firstFocus() {
    return foci.stream().findFirst();
  }
}
