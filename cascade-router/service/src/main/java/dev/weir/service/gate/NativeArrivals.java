package dev.weir.service.gate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Makes way for people: of two equal identities LiveKit removes the older one, so a relayed copy
 * must have left before its owner joins natively. Bound to the leases of the session by the
 * service.
 */
public interface NativeArrivals {

  /**
   * Somebody is about to join natively. Completes when no relay holds the identity there, after 300
   * ms at the latest.
   */
  CompletionStage<Void> arriving(RoomKey room, String node, String identity);

  /** The join came to nothing. One that succeeds is known from the node itself. */
  void notArriving(RoomKey room, String node, String identity);

  /** Where nothing is relayed. */
  NativeArrivals NO_RELAYS =
      new NativeArrivals() {
        @Override
        public CompletionStage<Void> arriving(RoomKey room, String node, String identity) {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public void notArriving(RoomKey room, String node, String identity) {
          // Nothing was revoked.
        }
      };
}
