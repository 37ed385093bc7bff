package dev.weir.service.peering;

import dev.weir.peering.v1.SyncMessage;
import org.jspecify.annotations.Nullable;

/**
 * What one Sync stream carries. The stream asks for the next message whenever the line has room, so
 * a slow partner costs us the size of the state, never a queue.
 */
interface SyncContent {
  /** The next message that is due, or null; the stream is woken when there is more. */
  @Nullable SyncMessage next();

  void received(SyncMessage message) throws BadSync;

  void ended();

  /** A partner broke the protocol; its stream ends. */
  final class BadSync extends Exception {
    private static final long serialVersionUID = 1;

    BadSync(String message) {
      super(message);
    }
  }

  @FunctionalInterface
  interface Factory {
    /**
     * @param ours the nonce that we sent on this stream
     * @param theirs the nonce that the partner sent
     * @param wake to be called when {@link #next} has something again
     */
    SyncContent open(Agreement agreement, byte[] ours, byte[] theirs, Runnable wake);
  }
}
