package dev.weir.service.config;

import dev.weir.service.sfu.SigningKey;
import dev.weir.session.placement.NodeReport;
import java.util.List;

/**
 * LiveKit nodes of one site that share their keys.
 *
 * @param keys newest first: that one signs, all of them are accepted
 * @param limits what one node carries at most
 */
public record Pool(
    ResourceId id,
    long generation,
    String region,
    List<Node> nodes,
    List<SigningKey> keys,
    NodeReport.Limits limits) {
  public Pool {
    nodes = List.copyOf(nodes);
    keys = List.copyOf(keys);
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a pool has a key");
    }
  }

  public Pool(
      ResourceId id,
      long generation,
      String region,
      List<Node> nodes,
      List<SigningKey> keys,
      int participantsPerNode) {
    this(id, generation, region, nodes, keys, new NodeReport.Limits(participantsPerNode, 0, 0));
  }

  public SigningKey signingKey() {
    return keys.getFirst();
  }
}
