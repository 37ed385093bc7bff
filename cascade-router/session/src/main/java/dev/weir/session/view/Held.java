package dev.weir.session.view;

import java.time.Instant;

/**
 * A record as one site holds it. Its times are that site's own and never travel.
 *
 * @param since when this site first saw the member live; decides who is newest under a cap
 * @param heldAt when this version arrived; the age of a tombstone
 */
public record Held(MemberRecord record, Instant since, Instant heldAt) {
  /** Of two replicas' copies the higher version; of equal ones the longer known. */
  static Held newer(Held one, Held other) {
    int order = one.record.version().compareTo(other.record.version());
    if (order != 0) {
      return order > 0 ? one : other;
    }
    return new Held(
        one.record,
        one.since.isBefore(other.since) ? one.since : other.since,
        one.heldAt.isAfter(other.heldAt) ? one.heldAt : other.heldAt);
  }
}
