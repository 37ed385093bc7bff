package dev.weir.service.gate;

import dev.weir.service.sfu.SigningKey;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** The site's LiveKit nodes. Calls may block; they are made on virtual threads. */
public interface Nodes {

  /**
   * One node.
   *
   * @param signalling where the gate reaches its WebSocket, {@code ws://host:port}
   * @param key the node's own API key; never leaves the site
   */
  record Node(String name, String site, URI signalling, SigningKey key) {}

  /** What came of asking a node to hold a room. */
  enum RoomMade {
    YES,
    REFUSED,
    UNREACHABLE
  }

  Optional<Node> find(String node);

  List<Node> all();

  /** Whether somebody is emptying the node: when it goes down then, it does so on purpose. */
  boolean isBeingEmptied(String node);

  /** Makes sure that the room exists at the node; doing it twice is doing it once. */
  RoomMade createRoom(Node node, RoomKey room);

  /** LiveKit identities of the people who are natively in the room; empty when nobody answers. */
  Optional<List<String>> natives(Node node, RoomKey room);
}
