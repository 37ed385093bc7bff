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
    Secrets.writePrivately(
        path.resolve("site.yaml"),
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: livekit-keys}
        stringData:
          %1$s: %2$s
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: peering-certificate}
        stringData:
          tls.crt: |
        %3$s
          tls.key: |
        %4$s
        ---
        apiVersion: weir.dev/v1alpha1
        kind: Homeserver
        metadata: {name: %5$s}
        spec:
          serverName: "%6$s"
          publicUrl: "%7$s"
          clientApiUrl: "%8$s"
          federationApiUrl: "%8$s"
          peering:
            host: "%9$s"
            port: %10$d
            certificateSecretRef: {name: peering-certificate}
        ---
        apiVersion: weir.dev/v1alpha1
        kind: SfuPool
        metadata: {name: %5$s}
        spec:
          homeserverRef: {name: %5$s}
          nodes:
            - {name: %5$s-0, url: "%11$s"}
          keys:
            secretRef: {name: livekit-keys}
        """
            .formatted(
                nodeKey.id(),
                nodeKey.secret(),
                peering.certificatePem().strip().indent(4).stripTrailing(),
                peering.keyPem().strip().indent(4).stripTrailing(),
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
                peer.name(),
                self.name(),
                peer.serverName(),
                peer.ip(),
                peer.peeringPort(),
                pin));
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
