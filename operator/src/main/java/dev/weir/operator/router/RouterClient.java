package dev.weir.operator.router;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the operator asks of the routers. A call answers within a second or so, or says that nobody
 * is there.
 */
public interface RouterClient {

  /** What all ready replicas say about an object. */
  sealed interface Applied {
    /** No replica answered. */
    record NobodyAnswers(String why) implements Applied {}

    /** Some replica works with an older generation still. */
    record Pending(String replica) implements Applied {}

    /** A replica cannot use the object. */
    record Problem(String problem) implements Applied {}

    /** Every ready replica works with this generation. */
    record Everywhere(int replicas) implements Applied {}
  }

  /** Load of a node; {@code closed} when every replica places nothing new on it. */
  record NodeLoad(
      String name,
      String url,
      boolean reachable,
      boolean closed,
      int rooms,
      int participants,
      double stress,
      String version) {}

  /** State of a condition as routers report it. */
  record Aspect(String type, @Nullable Boolean status, String reason, String message) {}

  /** What routers know of a partner. */
  record PeerReport(
      String serverName,
      boolean connected,
      String problem,
      int protocolVersion,
      long lastHandshakeMillis,
      List<String> keyPins,
      long certificateNotAfterMillis,
      int legs,
      long bitrate,
      List<Aspect> conditions) {}

  /** What routers know of a site. */
  record SiteReport(int sessions, int members, List<PeerReport> peers, List<Aspect> conditions) {}

  /** Whether every ready replica works with the generation. */
  Applied applied(String kind, String namespace, String name, long generation);

  /** Loads of a pool's nodes; empty when no replica answers. */
  Optional<List<NodeLoad>> nodes(String namespace, String pool);

  /** Tells every replica to place nothing new on the node, or to place on it again. */
  void setDraining(String namespace, String pool, String node, boolean draining);

  /** Lets one replica move all rooms of the node. */
  void move(String namespace, String pool, String node, int roomsPerMinute);

  /** Counts of a site; empty when no replica answers. */
  Optional<SiteReport> site(String serverName);
}
