package dev.weir.service.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.weir.service.peering.trust.Certificates;
import dev.weir.service.peering.trust.SpkiPin;
import dev.weir.service.ports.FreePorts;
import dev.weir.session.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A site with one router, one node behind a link, a homeserver that knows everybody, a partner. */
final class PeeredSite implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Path folder;
  private final String name;
  private final InetAddress ip;
  private final int peering;
  private final int httpPort;
  private final KeyPair keys = Certificates.keys();
  private final X509Certificate certificate;
  private final HttpServer homeserver;
  private @Nullable SfuNode node;
  private @Nullable RouterProcess router;
  private @Nullable MediaLink link;

  PeeredSite(Path parent, String name) throws IOException {
    Random random = new Random();
    this.folder = Files.createDirectories(parent.resolve(name));
    this.name = name;
    this.ip =
        InetAddress.getByName(
            "127.%d.%d.1".formatted(100 + random.nextInt(100), random.nextInt(256)));
    this.peering = FreePorts.next();
    this.httpPort = FreePorts.next();
    this.certificate =
        Certificates.selfSigned(
            keys, server(), Instant.now().minusSeconds(60), Instant.now().plus(Duration.ofDays(1)));
    this.homeserver = HttpServer.create(new InetSocketAddress(ip, 0), 50);
    homeserver.createContext(
        "/_matrix/federation/v1/openid/userinfo",
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          String user = query.substring(query.indexOf('=') + 1);
          byte[] body =
              "{\"sub\":\"@%s:%s\"}".formatted(user, server()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    homeserver.start();
  }

  String server() {
    return name + ".test";
  }

  RouterProcess router() {
    return java.util.Objects.requireNonNull(router);
  }

  SfuNode node() {
    return java.util.Objects.requireNonNull(node);
  }

  /** Media between this site's node and the partner's router. */
  MediaLink link() {
    return java.util.Objects.requireNonNull(link);
  }

  void start(PeeredSite partner) throws IOException {
    String authority = ip.getHostAddress() + ":" + httpPort;
    SfuNode started = SfuNode.behind(folder, name, authority, ip.getHostAddress());
    node = started;
    link = new MediaLink(ip.getHostAddress(), started.udpPort(), () -> partner.router().pid());
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(config.resolve("site.yaml"), resources(started, authority, partner));
    router =
        new RouterProcess(
            Files.createDirectories(folder.resolve("router")),
            ip,
            FreePorts.next(),
            Map.of("WEIR_CONFIG_DIR", config.toString()),
            httpPort);
  }

  private String resources(SfuNode at, String authority, PeeredSite partner) {
    return """
    apiVersion: weir.dev/v1alpha1
    kind: Homeserver
    metadata: {name: %1$s}
    spec:
      serverName: "%2$s"
      publicUrl: "http://%3$s"
      clientApiUrl: "%4$s"
      federationApiUrl: "%4$s"
      peering: {host: "%5$s", port: %6$d, certificateSecretRef: {name: certificate}}
    ---
    apiVersion: weir.dev/v1alpha1
    kind: SfuPool
    metadata: {name: main}
    spec:
      homeserverRef: {name: %1$s}
      nodes: [{name: %1$s, url: "%7$s"}]
      keys: {secretRef: {name: keys}}
    ---
    apiVersion: weir.dev/v1alpha1
    kind: SfuPeer
    metadata: {name: partner}
    spec:
      homeserverRef: {name: %1$s}
      serverName: "%8$s"
      trust: {endpoint: "%9$s:%10$d", pins: ["%11$s"]}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: keys}
    stringData: {"%12$s": "%13$s"}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: certificate}
    stringData:
      tls.crt: |
    %14$s
      tls.key: |
    %15$s
    """
        .formatted(
            name,
            server(),
            authority,
            "http://" + ip.getHostAddress() + ":" + homeserver.getAddress().getPort(),
            ip.getHostAddress(),
            peering,
            at.url(),
            partner.server(),
            partner.ip.getHostAddress(),
            partner.peering,
            SpkiPin.of(partner.certificate),
            SfuNode.KEY.id(),
            SfuNode.KEY.secret(),
            Certificates.pem(certificate).indent(4),
            Certificates.pem(keys.getPrivate()).indent(4));
  }

  Member member(String user) {
    return new Member("@%s:%s".formatted(user, server()), "DEVICE", user + "-member");
  }

  /** As today's client of any site asks this focus. */
  Deployment.Token token(String roomId, Member member) throws IOException, InterruptedException {
    String body =
        """
        {"room_id":"%s","slot_id":"m.call#ROOM","openid_token":{"access_token":"%s",
         "token_type":"Bearer","matrix_server_name":"%s","expires_in":3600},
         "member":{"id":"%s","claimed_user_id":"%s","claimed_device_id":"%s"}}
        """
            .formatted(
                roomId,
                member.user().substring(1, member.user().indexOf(':')),
                member.server(),
                member.memberId(),
                member.user(),
                member.device());
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(
                    URI.create("http://" + ip.getHostAddress() + ":" + httpPort + "/get_token"))
                .timeout(Duration.ofSeconds(15))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("status " + answer.statusCode() + ": " + answer.body());
    }
    JsonNode token = JSON.readTree(answer.body());
    return new Deployment.Token(URI.create(token.path("url").asText()), token.path("jwt").asText());
  }

  /** Whether a token of this site's gate was given. */
  boolean isGateOf(Deployment.Token token) {
    return token.url().getAuthority().equals(ip.getHostAddress() + ":" + httpPort);
  }

  @Override
  public void close() throws IOException {
    if (router != null) {
      router.close();
    }
    if (node != null) {
      node.close();
    }
    if (link != null) {
      link.close();
    }
    homeserver.stop(0);
  }
}
