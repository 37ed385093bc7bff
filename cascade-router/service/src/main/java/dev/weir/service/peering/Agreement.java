package dev.weir.service.peering;

import dev.weir.service.peering.trust.PeeringEndpoint;
import dev.weir.service.peering.trust.SpkiPin;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What our admin allows one partner: an {@code SfuPeer}, read and checked.
 *
 * @param servers further server names that this partner may speak for
 */
public record Agreement(
    PeerKey key,
    Set<String> servers,
    Set<SpkiPin> pins,
    List<X509Certificate> authorities,
    Optional<PeeringEndpoint> endpoint,
    boolean view,
    boolean guestPublish,
    PeerLimits limits,
    boolean suspended) {
  public Agreement {
    servers = Set.copyOf(servers);
    pins = Set.copyOf(pins);
    authorities = List.copyOf(authorities);
  }

  /** True when the keys come from the partner's well-known document. */
  public boolean discoversKeys() {
    return pins.isEmpty() && authorities.isEmpty();
  }

  /** May this partner say anything about users of that server? */
  public boolean speaksFor(String serverName) {
    return key.peer().equals(serverName) || servers.contains(serverName);
  }
}
