package dev.weir.service.config;

import java.net.URI;

/**
 * A LiveKit server.
 *
 * @param id unique in the deployment: namespace, pool and name
 * @param signalling where the router reaches it, {@code ws} or {@code wss}
 * @param draining takes no new rooms, by the operator's word
 */
public record Node(String id, URI signalling, boolean draining) {
  public static String id(ResourceId pool, String name) {
    return pool + "/" + name;
  }
}
