package dev.weir.service.gate;

import java.time.Duration;

/**
 * The gate's bounds.
 *
 * @param hold how long an upgrade waits for its room before it is answered with 503
 * @param retryEvery pause between two tries inside the hold
 * @param dial how long one backend may take to answer an upgrade
 * @param firstConnection how long a client that comes for the first time is left alone: one that is
 *     told to join again before its media is connected ends its call with an error
 * @param rescue how long a client's WebSocket is kept open when its backend is lost
 * @param connectionsPerAddress upgrades held and connections open at one time
 * @param upgradesPerSecond rate of new handshakes that one address may keep up
 * @param upgradeBurst handshakes that one address may begin at once
 */
public record GateSettings(
    Duration hold,
    Duration retryEvery,
    Duration dial,
    Duration firstConnection,
    Duration rescue,
    int connectionsPerAddress,
    double upgradesPerSecond,
    int upgradeBurst) {

  /**
   * Wide enough for a large office behind one address that moves as a whole; a client tries again
   * for about 45 s, so five seconds of holding lose nobody.
   */
  public static GateSettings defaults() {
    return new GateSettings(
        Duration.ofSeconds(5),
        Duration.ofMillis(150),
        Duration.ofSeconds(2),
        Duration.ofSeconds(3),
        Duration.ofSeconds(15),
        2_000,
        100,
        2_000);
  }
}
