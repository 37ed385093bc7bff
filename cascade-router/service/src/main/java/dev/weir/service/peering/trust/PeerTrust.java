package dev.weir.service.peering.trust;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * What proves one partner: its name, and either the keys that it published (or that the admin
 * pinned), or the authorities that may vouch for it.
 */
public record PeerTrust(String serverName, Set<SpkiPin> pins, List<X509Certificate> authorities) {
  public PeerTrust {
    pins = Set.copyOf(pins);
    authorities = List.copyOf(authorities);
  }

  public boolean knowsAnything() {
    return !pins.isEmpty() || !authorities.isEmpty();
  }
}
