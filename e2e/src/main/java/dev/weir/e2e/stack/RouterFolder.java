package dev.weir.e2e.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What an admin would apply to Kubernetes, as files. */
public final class RouterFolder {
  private final Path path;

  RouterFolder(Path path, SiteAddress site, NodeKey nodeKey, Certificate peering) {
    this.path = path;
    // A Secret of Kubernetes is a folder here, with a file for each of its keys.
    Path secrets = path.resolve("secrets");
    Secrets.writePrivately(
        secrets.resolve("livekit-keys").resolve("keys.yaml"),
        nodeKey.id() + ": " + nodeKey.secret() + "\n");
    Secrets.writePrivately(
        secrets.resolve("peering-certificate").resolve("tls.crt"), peering.certificatePem());
    Secrets.writePrivately(
        secrets.resolve("peering-certificate").resolve("tls.key"), peering.keyPem());
    Secrets.writePrivately(
        path.resolve("site.yaml"),
        """
        apiVersion: weir.dev/v1alpha1
        kind: Homeserver
        metadata: {name: %1$s}
        spec:
          serverName: "%2$s"
          publicUrl: "%3$s"
          clientApiUrl: "%4$s"
          federationApiUrl: "%4$s"
          peering:
            host: "%5$s"
            port: %6$d
            certificateSecretRef: {name: peering-certificate}
        ---
        apiVersion: weir.dev/v1alpha1
        kind: SfuPool
        metadata: {name: %1$s}
        spec:
          homeserverRef: {name: %1$s}
          nodes:
            - {name: %1$s-0, url: "%7$s"}
          keys:
            secretRef: {name: livekit-keys}
        """
            .formatted(
                site.name(),
                site.serverName(),
                site.routerUrl(),
                site.homeserverUrl(),
                site.ip(),
                site.peeringPort(),
                site.livekitUrl()));
  }

  public Path path() {
    return path;
  }

  /** Lists another site as a partner; the partner must list this one too. */
  void addPeer(SiteAddress self, SiteAddress peer, String pin) {
    Secrets.writePrivately(
        peerFile(peer),
        """
        apiVersion: weir.dev/v1alpha1
        kind: SfuPeer
        metadata: {name: %s}
        spec:
          homeserverRef: {name: %s}
          serverName: "%s"
          trust:
            endpoint: "%s:%d"
            pins: ["%s"]
        """
            .formatted(
                peer.name(), self.name(), peer.serverName(), peer.ip(), peer.peeringPort(), pin));
  }

  /** Ends the agreement from this side. */
  public void removePeer(SiteAddress peer) {
    try {
      Files.deleteIfExists(peerFile(peer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path peerFile(SiteAddress peer) {
    return path.resolve("peer-" + peer.name() + ".yaml");
  }
}
