package dev.weir.session.view;

import dev.weir.session.Site;
import java.util.Optional;

/**
 * Which site a server name belongs to: its own, or the one that lists it ({@code
 * Homeserver.access.fullAccess} here, {@code SfuPeer.servers} for peers).
 */
@FunctionalInterface
public interface SiteDirectory {
  /** Every server name is a site of its own. */
  SiteDirectory BY_NAME = server -> Optional.of(new Site(server));

  /** Empty for a server that is neither ours nor a peer's. */
  Optional<Site> siteOf(String serverName);
}
