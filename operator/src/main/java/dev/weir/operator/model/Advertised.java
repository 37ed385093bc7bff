package dev.weir.operator.model;

import java.util.Map;
import java.util.TreeMap;

/** The address that LiveKit gives to clients, and how a node gets to know its own. */
public sealed interface Advertised {

  /**
   * The pod finds its address in its own environment: {@code status.podIP} or {@code
   * status.hostIP}.
   */
  record FromPod(String fieldPath) implements Advertised {}

  /** Known before the pod is placed: pod name to address. */
  record ByPod(Map<String, String> addresses) implements Advertised {
    public ByPod {
      addresses = Map.copyOf(addresses);
    }
  }

  /** Depends on the Kubernetes node that the pod lands on: node name to address. */
  record ByNode(Map<String, String> addresses) implements Advertised {
    public ByNode {
      addresses = Map.copyOf(addresses);
    }
  }

  /** Nothing is known. */
  static Advertised none() {
    return new ByPod(new TreeMap<>());
  }
}
