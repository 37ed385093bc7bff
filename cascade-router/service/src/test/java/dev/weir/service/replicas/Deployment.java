package dev.weir.service.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.service.ports.FreePorts;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.RoomNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;

/** One site: replicas of the router behind a balancer, two LiveKit nodes, and its homeserver. */
final class Deployment implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  final Links links = new Links();
  final Balancer balancer;
  final List<RouterProcess> routers = new ArrayList<>();
  final List<SfuNode> nodes = new ArrayList<>();
  private final FakeHomeserver homeserver;
  private final HttpClient http;

  /** A granted token. */
  record Token(URI url, String jwt) {}

  Deployment(Path folder, int replicas) throws IOException {
    this(folder, replicas, SfuNode::url, Map.of());
  }

  /**
   * As above.
   *
   * @param way by which the routers reach a node's signalling
   * @param more settings of the routers
   */
  Deployment(Path folder, int replicas, Function<SfuNode, URI> way, Map<String, String> more)
      throws IOException {
    // Addresses of this run's own, so that runs side by side do not meet.
    Random random = new Random();
    String network = "127.%d.%d.".formatted(100 + random.nextInt(100), random.nextInt(256));
    InetAddress front = InetAddress.getByName(network + 1);
    balancer = new Balancer(front);
    homeserver = new FakeHomeserver(front);
    http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    for (int i = 0; i < 2; i++) {
      nodes.add(new SfuNode(folder, "n" + i, balancer.authority()));
    }
    Path config = Files.createDirectories(folder.resolve("config"));
    Files.writeString(config.resolve("site.yaml"), site(way));
    List<InetAddress> ips = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    List<Integer> doors = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      InetAddress ip = InetAddress.getByName(network + (10 + i));
      int port = FreePorts.next();
      ips.add(ip);
      ports.add(port);
      doors.add(links.door(new InetSocketAddress(ip, port)));
    }
    Map<String, String> settings = new HashMap<>(more);
    settings.put("WEIR_CONFIG_DIR", config.toString());
    settings.put(
        "WEIR_CLUSTER_MEMBERS",
        java.util.stream.IntStream.range(0, replicas)
            .mapToObj(i -> ips.get(i).getHostAddress() + ":" + doors.get(i))
            .collect(Collectors.joining(",")));
    for (int i = 0; i < replicas; i++) {
      Map<String, String> own = new HashMap<>(settings);
      own.put("WEIR_CLUSTER_ADVERTISED", ips.get(i).getHostAddress() + ":" + doors.get(i));
      Path data = Files.createDirectories(folder.resolve("router-" + i));
      routers.add(new RouterProcess(data, ips.get(i), ports.get(i), own));
    }
    for (RouterProcess router : routers) {
      router.awaitReady();
      balancer.add(router.address());
    }
  }

  private String site(Function<SfuNode, URI> way) {
    return """
    apiVersion: weir.dev/v1alpha1
    kind: Homeserver
    metadata: {name: a}
    spec:
      serverName: "%s"
      publicUrl: "http://%s"
      clientApiUrl: "%s"
      federationApiUrl: "%s"
    ---
    apiVersion: weir.dev/v1alpha1
    kind: SfuPool
    metadata: {name: main}
    spec:
      homeserverRef: {name: a}
      nodes: [%s]
      keys: {secretRef: {name: keys}}
    ---
    apiVersion: v1
    kind: Secret
    metadata: {name: keys}
    stringData: {"%s": "%s"}
    """
        .formatted(
            FakeHomeserver.SERVER,
            balancer.authority(),
            homeserver.url(),
            homeserver.url(),
            nodes.stream()
                .map(node -> "{name: %s, url: \"%s\"}".formatted(node.name(), way.apply(node)))
                .collect(Collectors.joining(", ")),
            SfuNode.KEY.id(),
            SfuNode.KEY.secret());
  }

  /** The LiveKit room of a call in a Matrix room. */
  static String liveKitRoom(String roomId) {
    return RoomNames.of(SlotId.ofRoomCall(roomId), Room.home(Site.of(FakeHomeserver.SERVER)));
  }

  static String identity(String name) {
    return "@%s:%s:DEVICE".formatted(name, FakeHomeserver.SERVER);
  }

  static String user(String name) {
    return "@%s:%s".formatted(name, FakeHomeserver.SERVER);
  }

  /** As a client asks, through the balancer. */
  Token token(String roomId, String name) throws IOException, InterruptedException {
    return token(balancer.authority(), roomId, name);
  }

  /** As the balancer sends it to one replica. */
  Token tokenAt(RouterProcess router, String roomId, String name)
      throws IOException, InterruptedException {
    InetSocketAddress at = router.address();
    return token(at.getAddress().getHostAddress() + ":" + at.getPort(), roomId, name);
  }

  private Token token(String authority, String roomId, String name)
      throws IOException, InterruptedException {
    String body =
        """
        {"room":"%s","device_id":"DEVICE","openid_token":{"access_token":"%s",
         "token_type":"Bearer","matrix_server_name":"%s","expires_in":3600}}
        """
            .formatted(roomId, name, FakeHomeserver.SERVER);
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://" + authority + "/sfu/get"))
                .timeout(Duration.ofSeconds(15))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("status " + answer.statusCode() + ": " + answer.body());
    }
    JsonNode token = JSON.readTree(answer.body());
    return new Token(URI.create(token.path("url").asText()), token.path("jwt").asText());
  }

  /** On which nodes a call's LiveKit room has people, and who. */
  Map<String, List<String>> people(String roomId) {
    Map<String, List<String>> people = new HashMap<>();
    for (SfuNode node : nodes.stream().filter(SfuNode::isAlive).toList()) {
      List<String> here =
          node.people(liveKitRoom(roomId)).stream().map(p -> p.getIdentity()).sorted().toList();
      if (!here.isEmpty()) {
        people.put(node.id(), here);
      }
    }
    return people;
  }

  @Override
  public void close() throws IOException {
    for (RouterProcess router : routers) {
      router.close();
    }
    nodes.forEach(SfuNode::close);
    homeserver.close();
    balancer.close();
    links.close();
  }
}
