package dev.weir.service.peering;

/** One agreement: our site, and the partner's server name. */
public record PeerKey(String site, String peer) {
  @Override
  public String toString() {
    return site + "->" + peer;
  }
}
