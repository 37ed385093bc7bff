package dev.weir.session.move;

import java.time.Duration;

/**
 * How long each phase may take.
 *
 * @param make for the new node to make the room, all tries together
 * @param welcome for remote members; over it, the move goes on without them, as the relay brings
 *     them later all the same
 * @param arrive for clients to come over, before they are counted as lost
 * @param close for the relay to leave the old place
 */
public record MoveTiming(Duration make, Duration welcome, Duration arrive, Duration close) {

  public static MoveTiming defaults() {
    return new MoveTiming(
        Duration.ofSeconds(3),
        Duration.ofSeconds(2),
        Duration.ofSeconds(15),
        Duration.ofSeconds(3));
  }
}
