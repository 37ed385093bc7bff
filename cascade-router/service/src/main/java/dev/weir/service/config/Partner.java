package dev.weir.service.config;

import dev.weir.crds.SfuPeerSpec;
import dev.weir.session.Site;
import java.util.Optional;
import java.util.Set;

/**
 * An agreement of one of our sites with another site.
 *
 * @param servers all server names that the partner speaks for
 * @param caBundle the CA that {@code trust.caBundleRef} names, as PEM
 */
public record Partner(
    ResourceId id,
    long generation,
    Site site,
    Set<String> servers,
    SfuPeerSpec spec,
    Optional<String> caBundle) {
  public Partner {
    servers = Set.copyOf(servers);
  }

  public boolean active() {
    return !spec.suspended();
  }
}
