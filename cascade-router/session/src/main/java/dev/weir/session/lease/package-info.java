/**
 * Leases of relayed identities: a relay must never be second where a real user is first. Requests
 * of relays and upgrades at the gate come in, grants and revocations go out. Who is natively there
 * comes from the slot's state, never from a guess.
 */
@NullMarked
package dev.weir.session.lease;

import org.jspecify.annotations.NullMarked;
