package dev.weir.service.gate;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where one connection of a client goes, decided anew for each connection.
 *
 * @param target what kind of place it is
 * @param url base URL of the backend's signalling, without {@code /rtc}
 * @param token the backend's token; never shown to the client
 * @param stays the client was to go elsewhere, but there was nothing for it
 */
public record Binding(Target target, URI url, String token, boolean stays) {

  /** A place that can carry a client. */
  public sealed interface Target {

    /** A node of our own, at a place epoch of the room. */
    record OwnNode(String node, long epoch) implements Target {}

    /**
     * The gate of a peer, with a token that the peer minted.
     *
     * @param address the only one that may be dialled for the URL
     */
    record PeerGate(String serverName, InetAddress address) implements Target {}
  }

  /** Decides. The room exists at the place when the stage completes. */
  public interface Binder {

    /**
     * Binds a client to the place of its room.
     *
     * @param refusedBefore the node did not know the room, or a peer did not take the client: look
     *     again, trust nothing
     * @param patience how long the caller will wait
     */
    CompletionStage<Binding> bind(Admission who, boolean refusedBefore, Duration patience);

    /** Whether a binding that was made a moment ago is where the client belongs now. */
    boolean holds(Admission who, Binding binding);
  }

  /** Node, for the registry; empty for a peer's gate. */
  public String nodeOrEmpty() {
    return switch (target) {
      case Target.OwnNode own -> own.node();
      case Target.PeerGate ignored -> "";
    };
  }

  /** What stands before {@code /rtc}, empty or {@code /x}. */
  String basePath() {
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  boolean isAtPeer() {
    return target instanceof Target.PeerGate;
  }

  /** What to dial instead of asking for the address of the URL's host. */
  Optional<InetAddress> address() {
    return target instanceof Target.PeerGate peer ? Optional.of(peer.address()) : Optional.empty();
  }

  @Override
  public String toString() {
    return "Binding[" + target + "]";
  }
}
