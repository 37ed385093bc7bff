package dev.weir.relay;

import java.time.Duration;

/**
 * What an engine is set to.
 *
 * @param loops media threads; a leg lives on one of them
 * @param sourceGuard checked against the source's signalling host after DNS, and against each of
 *     its ICE candidates
 * @param targetGuard the same for target nodes, which are the site's own
 * @param socketBuffer bytes asked for as send and receive buffer of each media socket
 * @param demandHold how long an unwatched layer is still pulled
 * @param name goes into thread names and the client info that nodes log
 */
public record RelaySettings(
    int loops,
    AddressGuard sourceGuard,
    AddressGuard targetGuard,
    int socketBuffer,
    Duration demandHold,
    String name) {

  public static RelaySettings of(AddressGuard sourceGuard, AddressGuard targetGuard) {
    return new RelaySettings(
        Runtime.getRuntime().availableProcessors(),
        sourceGuard,
        targetGuard,
        4 << 20,
        Duration.ofSeconds(6),
        "weir");
  }
}
