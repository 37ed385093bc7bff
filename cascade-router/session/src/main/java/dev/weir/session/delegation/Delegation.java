package dev.weir.session.delegation;

import dev.weir.session.Member;
import java.util.Set;

/**
 * A delayed leave that a client handed over.
 *
 * @param membership what the leave is for: two delayed events with the same value replace the same
 *     membership event (state key or sticky key)
 * @param identities LiveKit identities under which the member may be attached as a publisher
 * @param rooms LiveKit rooms that it may be attached in as a publisher
 */
public record Delegation(
    JobKey key,
    String delayId,
    long delayMillis,
    String membership,
    Set<String> identities,
    Set<String> rooms) {
  public Delegation {
    if (delayId.isEmpty() || delayMillis <= 0) {
      throw new IllegalArgumentException("a delegation has an id and a positive delay");
    }
    identities = Set.copyOf(identities);
    rooms = Set.copyOf(rooms);
  }

  /** Clients of the legacy event have one membership per device, others one per member id. */
  public static String membershipOf(Member member) {
    String ofDevice = member.user() + ":" + member.client().device();
    return member.memberId().isEmpty() || member.memberId().equals(ofDevice)
        ? ofDevice
        : ofDevice + " " + member.memberId();
  }
}
