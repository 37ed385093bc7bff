package dev.weir.service.gate;

import java.util.Optional;

/** Which site a handshake is meant for. Bound to the configuration by the service. */
@FunctionalInterface
public interface GateSites {

  /**
   * Finds the site by what the client dialled.
   *
   * @param host the Host header, with its port when there is one
   * @param pathPrefix what stands before {@code /rtc}, empty or {@code /x}
   */
  Optional<GateSite> find(String host, String pathPrefix);
}
