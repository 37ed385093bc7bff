package dev.weir.operator.model;

import dev.weir.crds.SfuPool;
import java.util.List;

/**
 * A pool with everything it refers to resolved.
 *
 * @param image LiveKit image in full
 * @param keySecret Secret that holds the key file
 * @param keyNames names of the keys in it, oldest first
 * @param replicas pods that may exist now (the roller's word)
 * @param advertised what nodes tell clients
 * @param webhookUrl where nodes report to
 * @param routerNamespace namespace of routers and gates, for the network policy
 */
public record PoolInputs(
    SfuPool pool,
    String image,
    String keySecret,
    List<String> keyNames,
    int replicas,
    Advertised advertised,
    String webhookUrl,
    String routerNamespace) {
  public PoolInputs {
    keyNames = List.copyOf(keyNames);
  }
}
