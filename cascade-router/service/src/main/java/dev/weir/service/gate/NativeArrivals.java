package dev.weir.service.gate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes way for people: of two equal identities LiveKit removes the older one, so a relayed copy
 * must have left before its owner joins natively, and must stay away while the owner is about to.
 * Bound to the leases of the session by the service.
 */
@FunctionalInterface
public interface NativeArrivals {

  /** Somebody is about to join natively; whoever asks must say when that is over. */
  Way arriving(RoomKey room, String node, String identity);

  /** From the look for a node to the end of the connection to it. */
  interface Way {

    /** Completes when no relay holds the identity there, after 300 ms at the latest. */
    CompletionStage<Void> free();

    /** The join came to nothing, or its connection has ended. Saying it twice is saying it once. */
    void over();
  }

  /** A way that nobody is in. */
  Way FREE =
      new Way() {
        @Override
        public CompletionStage<Void> free() {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public void over() {
          // Nothing was revoked.
        }
      };

  /** Where nothing is relayed. */
  NativeArrivals NO_RELAYS = (room, node, identity) -> FREE;
}
