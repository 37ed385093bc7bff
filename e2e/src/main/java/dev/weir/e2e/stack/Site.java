package dev.weir.e2e.stack;

/** One homeserver with its SFU and its router. */
public record Site(
    SiteAddress address, NodeKey nodeKey, Synapse synapse, LiveKit livekit, Router router)
    implements HomeSite {
  /** What this site's SFU itself knows. */
  public NodeApi nodeApi() {
    return new NodeApi(address, nodeKey);
  }

  void awaitReady() {
    livekit.awaitReady();
    router.awaitReady();
    synapse.awaitReady();
  }
}
