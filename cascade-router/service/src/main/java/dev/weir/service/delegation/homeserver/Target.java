package dev.weir.service.delegation.homeserver;

import java.net.URI;
import java.util.Optional;

/**
 * The homeserver of a site.
 *
 * @param clientApi base of the client-server API, if it is configured
 * @param asToken our token there, if we are one of its application services
 */
public record Target(String serverName, Optional<URI> clientApi, Optional<String> asToken) {
  @Override
  public String toString() {
    return "Target[" + serverName + "]";
  }
}
