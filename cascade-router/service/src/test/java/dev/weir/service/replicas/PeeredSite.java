package dev.weir.service.replicas;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.service.peering.trust.Certificates;
import dev.weir.service.peering.trust.SpkiPin;
import dev.weir.service.ports.FreePorts;
import dev.weir.session.Member;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A site with one router, one node behind a link, a homeserver that knows everybody, a partner; it
 * may have a spare node.
 */
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
  private final FakeHomeserver homeserver;
  private final List<SfuNode> nodes = new ArrayList<>();
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
    this.homeserver = new FakeHomeserver(ip, server());
  }

  String server() {
    return name + ".test";
  }

  RouterProcess router() {
    return java.util.Objects.requireNonNull(router);
  }

  /** The one behind the link. */
  SfuNode node() {
    return nodes.getFirst();
  }

  /** Media between this site's node and the partner's router. */
  MediaLink link() {
    return java.util.Objects.requireNonNull(link);
  }

  /** With a spare node, for a call that is to move. */
  SfuNode startWithSpare(PeeredSite partner, Map<String, String> settings) throws IOException {
    SfuNode spare = new SfuNode(folder, name + "-spare", authority());
    nodes.add(spare);
    start(partner, settings);
    return spare;
  }

  void start(PeeredSite partner) throws IOException {
    start(partner, Map.of());
  }

  private void start(PeeredSite partner, Map<String, String> settings) throws IOException {
    SfuNode first = SfuNode.behind(folder, name, authority(), ip.getHostAddress());
    nodes.addFirst(first);
    link = new MediaLink(ip.getHostAddress(), first.udpPort(), () -> partner.router().pid());
    homeserver.federateWith(partner.authority());
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(config.resolve("site.yaml"), resources(partner));
    Map<String, String> all = new HashMap<>(settings);
    all.put("WEIR_CONFIG_DIR", config.toString());
    router =
        new RouterProcess(
            Files.createDirectories(folder.resolve("router")), ip, FreePorts.next(), all, httpPort);
  }

  private String authority() {
    return ip.getHostAddress() + ":" + httpPort;
  }

  private String resources(PeeredSite partner) {
    return """
    apiVersion: weir.dev/v1alpha1
    kind: Homeserver
    metadata: {name: %1$s}
    spec:
      serverName: "%2$s"
      publicUrl: "http://%3$s"
      clientApiUrl: "%4$s"
      federationApiUrl: "%4$s"
      appServiceSecretRef: {name: service}
      peering: {host: "%5$s", port: %6$d, certificateSecretRef: {name: certificate}}
    ---
    apiVersion: weir.dev/v1alpha1
    kind: SfuPool
    metadata: {name: main}
    spec:
      homeserverRef: {name: %1$s}
      nodes: [%7$s]
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
    metadata: {name: service}
    stringData: {as_token: "%16$s", hs_token: "%16$s"}
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
            authority(),
            homeserver.url(),
            ip.getHostAddress(),
            peering,
            nodes.stream()
                .map(node -> "{name: %s, url: \"%s\"}".formatted(node.name(), node.url()))
                .collect(Collectors.joining(", ")),
            partner.server(),
            partner.ip.getHostAddress(),
            partner.peering,
            SpkiPin.of(partner.certificate),
            SfuNode.KEY.id(),
            SfuNode.KEY.secret(),
            Certificates.pem(certificate).indent(4),
            Certificates.pem(keys.getPrivate()).indent(4),
            FakeHomeserver.SERVICE_TOKEN);
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
    JsonNode token = post("/get_token", body, Map.of());
    return new Deployment.Token(URI.create(token.path("url").asText()), token.path("jwt").asText());
  }

  /**
   * As the newest clients ask: through the own homeserver, for the URL that the other one's
   * membership event names.
   *
   * @param focus whose token it is to be
   */
  Deployment.Token tokenThroughTheHomeserver(String roomId, PeeredSite focus, Member member)
      throws IOException, InterruptedException {
    String url = "ws://" + focus.authority();
    String body =
        """
        {"server_name":"%s","url":"%s","room_id":"%s","slot_id":"m.call#ROOM","member_id":"%s"}
        """
            .formatted(focus.server(), url, roomId, member.memberId());
    Map<String, String> proof =
        Map.of(
            "Authorization",
            "Bearer " + FakeHomeserver.SERVICE_TOKEN,
            "X-Matrix-User-Identifier",
            member.user());
    JsonNode answer = post("/_matrix/client/v1/rtc/livekit/get_token", body, proof);
    return new Deployment.Token(URI.create(url), answer.path("jwt").asText());
  }

  private JsonNode post(String path, String body, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + authority() + path))
            .timeout(Duration.ofSeconds(15))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("status " + answer.statusCode() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  /**
   * What this focus gives to somebody of the partner's: as soon as the two are connected, people
   * are sent to their own site.
   */
  Deployment.Token tokenForHome(String roomId, PeeredSite partner, String user) {
    Deployment.Token[] given = {null};
    Callable<Boolean> sentHome =
        () -> {
          given[0] = token(roomId, partner.member(user));
          return given[0].url().getAuthority().equals(partner.authority());
        };
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofSeconds(1))
        // Until then the focus asks a homeserver that has no name in DNS.
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(sentHome);
    return given[0];
  }

  @Override
  public void close() throws IOException {
    if (router != null) {
      router.close();
    }
    nodes.forEach(SfuNode::close);
    if (link != null) {
      link.close();
    }
    homeserver.close();
  }
}
