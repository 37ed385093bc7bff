package dev.weir.e2e.stack;

/** One homeserver with its SFU and its router. */
public record Site(
    SiteAddress address,
    NodeKey nodeKey,
    Synapse synapse,
    LiveKit livekit,
    Router router,
    AdminCertificates admin)
    implements HomeSite {
  /** What this site's SFU itself knows. */
  public NodeApi nodeApi() {
    return nodeApi(address.livekitUrl());
  }

  /** What another node of this site's pool knows. */
  public NodeApi nodeApi(String signalling) {
    return new NodeApi(signalling.replace("ws://", "http://"), nodeKey);
  }

  /** The port that the operator uses. */
  public AdminApi adminApi() {
    return new AdminApi(address, admin);
  }

  void awaitReady() {
    livekit.awaitReady();
    router.awaitReady();
    synapse.awaitReady();
  }
}
