package dev.weir.e2e.cluster;

import dev.weir.e2e.stack.HostedSite;
import dev.weir.e2e.stack.SiteAddress;
import java.util.List;

/** A site as Kubernetes objects: a namespace with a release of the chart, and the three kinds. */
record ClusterSite(HostedSite hosted) {
  static final String POOL = "main";

  String namespace() {
    return "weir-" + hosted.name();
  }

  /** Beside the homeserver: what partners reach, and how. */
  String peeringEndpoint() {
    return "weir-peering." + namespace() + ".svc:8449";
  }

  List<String> helmArguments(String chart, boolean withKinds) {
    return List.of(
        "upgrade",
        "--install",
        "weir",
        chart,
        "--namespace",
        namespace(),
        "--set",
        String.join(
            ",",
            "crds.enabled=" + withKinds,
            "image.repository=localhost",
            "image.tag=dev",
            "image.pullPolicy=Never",
            "livekit.repository=localhost/livekit-server",
            "namespaces={" + namespace() + "}",
            "operator.replicas=1",
            // Many programs start at once on few cores: quick to start is better than quick to run.
            "javaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "router.storage.enabled=false",
            // Homeservers, and partners, are in the private networks of the test.
            "router.allowedNetworks={10.0.0.0/8}",
            "router.peering.serviceType=ClusterIP"));
  }

  String namespaceManifest() {
    return """
        apiVersion: v1
        kind: Namespace
        metadata:
          name: %s
          labels: {pod-security.kubernetes.io/enforce: restricted}
        """
        .formatted(namespace());
  }

  String siteManifests(int replicas, String version) {
    SiteAddress address = hosted.address();
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: peering-certificate}
        type: kubernetes.io/tls
        stringData:
          tls.crt: |
        %1$s
          tls.key: |
        %2$s
        ---
        apiVersion: weir.dev/v1alpha1
        kind: Homeserver
        metadata: {name: home}
        spec:
          serverName: "%3$s"
          publicUrl: "%4$s"
          clientApiUrl: "%5$s"
          federationApiUrl: "%5$s"
          peering:
            host: "%6$s"
            port: 8449
            certificateSecretRef: {name: peering-certificate}
        ---
        apiVersion: weir.dev/v1alpha1
        kind: SfuPool
        metadata: {name: %7$s}
        spec:
          homeserverRef: {name: home}
          replicas: %8$d
          version: %9$s
          exposure: {mode: ClusterOnly, udpPort: %10$d, tcpPort: %11$d}
        """
        .formatted(
            hosted.peering().certificatePem().indent(4).stripTrailing(),
            hosted.peering().keyPem().indent(4).stripTrailing(),
            address.serverName(),
            address.routerUrl(),
            address.homeserverUrl(),
            peeringEndpoint().split(":")[0],
            POOL,
            replicas,
            version,
            address.mediaUdpPort(),
            address.mediaTcpPort());
  }

  String peerManifest(ClusterSite partner) {
    return """
        apiVersion: weir.dev/v1alpha1
        kind: SfuPeer
        metadata: {name: %s}
        spec:
          homeserverRef: {name: home}
          serverName: "%s"
          trust:
            endpoint: "%s"
            pins: ["%s"]
        """
        .formatted(
            partner.hosted.name(),
            partner.hosted.address().serverName(),
            partner.peeringEndpoint(),
            partner.hosted.peering().pin());
  }
}
