package dev.weir.service.peering;

import java.util.List;

/** All that the configuration says about peering, at one moment. */
public record PeeringConfig(List<PeeringSite> sites, List<Agreement> agreements) {
  public static final PeeringConfig EMPTY = new PeeringConfig(List.of(), List.of());

  public PeeringConfig {
    sites = List.copyOf(sites);
    agreements = List.copyOf(agreements);
  }
}
