package dev.weir.session.view;

import java.time.Instant;

/**
 * A record as one site holds it. Its times are that site's own and never travel.
 *
 * @param since when this site first saw the member live; decides who is newest under a cap
 * @param heldAt when this version arrived; the age of a tombstone
 */
public record Held(MemberRecord record, Instant since, Instant heldAt) {}
