package dev.weir.service.peering;

import dev.weir.peering.v1.HelloRequest;
import dev.weir.peering.v1.HelloResponse;
import java.util.List;

/**
 * What both sides say first, and whether they understand each other: every version between a side's
 * oldest and newest is spoken, and the lower of the two newest is used.
 */
final class Greeting {
  static final int VERSION = 1;
  static final int OLDEST = 1;
  static final List<String> CAPABILITIES = List.of("admit", "sync", "legs", "delegate");

  /** Epochs of records: what we saw of the partner's, and what the partner saw of ours. */
  interface Epochs {
    long highestSeen(PeerKey key);

    /** The partner has seen this epoch of ours: our next records must be above it. */
    void seenByPeer(PeerKey key, long epoch);

    Epochs NONE =
        new Epochs() {
          @Override
          public long highestSeen(PeerKey key) {
            return 0;
          }

          @Override
          public void seenByPeer(PeerKey key, long epoch) {}
        };
  }

  private final Epochs epochs;
  private final int version;
  private final int oldest;

  Greeting(Epochs epochs) {
    this(epochs, VERSION, OLDEST);
  }

  Greeting(Epochs epochs, int version, int oldest) {
    this.epochs = epochs;
    this.version = version;
    this.oldest = oldest;
  }

  HelloRequest request(PeerKey key) {
    return HelloRequest.newBuilder()
        .setProtocolVersion(version)
        .setOldestProtocolVersion(oldest)
        .addAllCapabilities(CAPABILITIES)
        .setServerName(key.site())
        .setToServerName(key.peer())
        .setHighestEpochSeen(epochs.highestSeen(key))
        .build();
  }

  HelloResponse answer(PeerKey key, HelloRequest request) {
    epochs.seenByPeer(key, request.getHighestEpochSeen());
    return HelloResponse.newBuilder()
        .setProtocolVersion(version)
        .setOldestProtocolVersion(oldest)
        .addAllCapabilities(CAPABILITIES)
        .setServerName(key.site())
        .setHighestEpochSeen(epochs.highestSeen(key))
        .build();
  }

  /** What a partner's versions mean for us. */
  sealed interface Understanding {
    record Common(int version) implements Understanding {}

    record Apart(String message) implements Understanding {}
  }

  Understanding understand(PeerKey key, HelloResponse response) {
    epochs.seenByPeer(key, response.getHighestEpochSeen());
    return compare(response.getProtocolVersion(), response.getOldestProtocolVersion());
  }

  Understanding compare(int theirVersion, int theirOldest) {
    int common = Math.min(version, theirVersion);
    if (common >= oldest && common >= theirOldest) {
      return new Understanding.Common(common);
    }
    return new Understanding.Apart(
        "we speak protocol versions %d to %d, the peer speaks %d to %d; upgrade the older side"
            .formatted(oldest, version, theirOldest, theirVersion));
  }
}
