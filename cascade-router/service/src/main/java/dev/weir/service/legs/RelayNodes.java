package dev.weir.service.legs;

import dev.weir.relay.RelayedParticipant;
import dev.weir.session.Site;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Our own LiveKit nodes, as our own relay reaches them: directly, with the node's key. */
public interface RelayNodes {
  /** The node's signalling URL; empty for a node that is not ours (any more). */
  Optional<URI> signalling(Site site, String node);

  /** Room join, publish, no subscribe; sealed, so that webhooks and polls tell it from a native. */
  String publishToken(Site site, String node, String liveKitRoom, RelayedParticipant participant);

  /** Room join, subscribe, hidden, agent; no publishing of any kind. */
  String pullToken(
      Site site, String node, String liveKitRoom, String identity, String metadata, Duration ttl);

  /** A relayed participant that a node lists. */
  record Copy(String identity, String sid) {}

  /** The relayed participants in a room, whoever relays them. */
  List<Copy> copies(Site site, String node, String liveKitRoom) throws IOException;

  /** Removes a participant. */
  void remove(Site site, String node, String liveKitRoom, String identity) throws IOException;
}
