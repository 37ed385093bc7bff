package dev.weir.relay;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Says whether a relayed identity may be in a room. LiveKit removes the older of two equal
 * identities, so a relay asks before it joins and yields when it is told to.
 */
@FunctionalInterface
public interface LeaseGate {
  /**
   * Asks for one identity of this target's room.
   *
   * @param revoked called (any thread, at most once) when the real user comes: the engine leaves
   *     the room at once and then releases the lease
   * @return the lease, or empty when it may not be had now; the engine asks again with back-off
   */
  CompletionStage<Optional<Lease>> acquire(String identity, Runnable revoked);

  /** Leave to be in the room until it is given back. */
  @FunctionalInterface
  interface Lease {
    /** Called once, after the relay's participant has left the room (or never got into it). */
    void release();
  }

  /** For rooms in which no identity can be native. */
  static LeaseGate open() {
    return (identity, revoked) ->
        java.util.concurrent.CompletableFuture.completedFuture(Optional.of(() -> {}));
  }
}
