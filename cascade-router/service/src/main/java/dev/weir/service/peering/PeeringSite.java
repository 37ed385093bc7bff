package dev.weir.service.peering;

import dev.weir.service.peering.trust.PeeringEndpoint;
import java.util.Optional;

/**
 * One of our own sites, as far as peering knows it.
 *
 * @param advertised what the site's well-known document names as its endpoint
 * @param certificate the admin's certificate; without one the site makes its own
 */
public record PeeringSite(
    String serverName, Optional<PeeringEndpoint> advertised, Optional<PemPair> certificate) {

  /** Certificate chain and private key as text; never printed. */
  public record PemPair(String chain, String key) {
    @Override
    public String toString() {
      return "PemPair[...]";
    }
  }
}
