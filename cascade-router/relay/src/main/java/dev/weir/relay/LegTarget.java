package dev.weir.relay;

import java.net.URI;
import java.util.Set;

/**
 * One room that a leg publishes into.
 *
 * @param key unique within the leg and stable; a target whose key stays but whose url or room
 *     changes is re-opened
 * @param url signalling URL (ws or wss) of the node that holds the room
 * @param room name of the LiveKit room, for tokens and state only
 * @param identities the members that this room gets; only these are ever published, whatever the
 *     source announces
 * @param tokens mints the token of each publish session
 * @param leases asked before an identity joins the room, so that a relay is never second to a
 *     native participant
 */
public record LegTarget(
    String key,
    URI url,
    String room,
    Set<String> identities,
    PublishTokens tokens,
    LeaseGate leases) {
  public LegTarget {
    identities = Set.copyOf(identities);
  }
}
