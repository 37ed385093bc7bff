package dev.weir.service.peering;

import dev.weir.session.Site;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Our LiveKit rooms, as far as a partner may pull from them. Calls may block. */
public interface PullRooms {
  /** The site's signalling URL for partners. */
  URI signalling(Site site);

  /**
   * A token that lets one hidden participant watch one room: room join, subscribe, hidden, agent;
   * no publishing of any kind.
   */
  String mint(
      Site site, String node, String liveKitRoom, String identity, String metadata, Duration ttl);

  /** Throws a participant out; one that is not there is no error. */
  void remove(Site site, String node, String liveKitRoom, String identity) throws IOException;
}
