package dev.weir.service.gate;

import dev.weir.service.sfu.Passage;
import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Clients whose room cannot serve them for a time: an annex that its focus cannot reach. They are
 * bound to the focus itself, with a token that it has minted, and back when the room can serve them
 * again. They keep their own token and URL all the while and notice a rejoin.
 *
 * <p>Bound by the peering, which also guards the addresses that a peer names.
 */
public interface Rebinds {

  /**
   * Where a client goes instead.
   *
   * @param url the peer's signalling URL
   * @param address of the URL's host: the one that was found to be allowed, so the one to dial
   * @param token minted by the peer for this very client
   */
  record Elsewhere(String serverName, URI url, InetAddress address, String token) {
    @Override
    public String toString() {
      return "Elsewhere[" + serverName + "]";
    }
  }

  /** The rooms whose clients are bound elsewhere now. Must not block. */
  Set<RoomKey> rooms();

  /** Whether clients of the room are bound elsewhere now. Must not block. */
  boolean elsewhere(RoomKey room);

  /** Where to; empty when the peer has nothing for this client, which then stays. May block. */
  Optional<Elsewhere> of(RoomKey room, String identity);

  /** Where a token leads on to; empty when nothing there may be dialled. May block. */
  Optional<Elsewhere> by(Passage passage);

  /** Tells of rooms for which {@link #elsewhere} has changed. */
  void onChange(Consumer<RoomKey> listener);

  /** Where every room serves its clients. */
  Rebinds NONE =
      new Rebinds() {
        @Override
        public Set<RoomKey> rooms() {
          return Set.of();
        }

        @Override
        public boolean elsewhere(RoomKey room) {
          return false;
        }

        @Override
        public Optional<Elsewhere> of(RoomKey room, String identity) {
          return Optional.empty();
        }

        @Override
        public Optional<Elsewhere> by(Passage passage) {
          return Optional.empty();
        }

        @Override
        public void onChange(Consumer<RoomKey> listener) {
          // Nothing ever changes.
        }
      };
}
