package dev.weir.service.delegation.survival;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.service.delegation.CountingHomeserver;
import dev.weir.service.ports.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * Two packaged routers that share Hazelcast and a real PostgreSQL and serve two sites: one whose
 * node tells everything by webhook, and one whose webhooks are all lost. Each site has a real
 * LiveKit server and a homeserver that counts.
 */
final class World implements AutoCloseable {
  /** A site of the deployment. */
  record Home(String name, CountingHomeserver homeserver, SfuNode node) {
    String server() {
      return name + ".example";
    }
  }

  /** What a token endpoint answered. */
  record Reply(int status, JsonNode body) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  final Home told;
  final Home untold;
  final Replica one;
  final Replica two;
  private final HttpClient http = HttpClient.newHttpClient();
  private final MediaThreads threads = new MediaThreads();
  private final Door door;
  private final Path clock;
  private final Path databaseFolder;
  private final int databasePort;
  private final AtomicInteger names = new AtomicInteger();
  private final List<Person> people = new ArrayList<>();
  private Optional<EmbeddedPostgres> database;

  World(Path folder) throws IOException {
    databaseFolder = folder.resolve("postgres");
    databasePort = FreePorts.next();
    database = Optional.of(openDatabase());
    clock = folder.resolve("clock");
    ClockAgent.jump(clock, Duration.ZERO);
    Path agent = ClockAgent.jar(folder);

    String first = "127.81.7.1";
    String second = "127.81.7.2";
    int firstCluster = FreePorts.next();
    int secondCluster = FreePorts.next();
    int firstPort = FreePorts.next();
    int secondPort = FreePorts.next();
    told =
        new Home(
            "told",
            new CountingHomeserver(0),
            new SfuNode(
                folder,
                "told",
                List.of(
                    "http://" + first + ":" + firstPort + "/told/sfu_webhook",
                    "http://" + second + ":" + secondPort + "/told/sfu_webhook")));
    untold =
        new Home("untold", new CountingHomeserver(0), new SfuNode(folder, "untold", List.of()));
    Path config = Files.createDirectories(folder.resolve("config"));
    Path gateSecret = folder.resolve("gate-secret");
    Files.writeString(gateSecret, "a secret of the gate that both replicas have");
    Map<String, String> environment =
        Map.of(
            "WEIR_CONFIG_DIR",
            config.toString(),
            "WEIR_GATE_SECRET_FILE",
            gateSecret.toString(),
            "WEIR_CLUSTER_MEMBERS",
            member(firstCluster) + "," + member(secondCluster),
            "WEIR_DATABASE_URL",
            "jdbc:postgresql://127.0.0.1:" + databasePort + "/postgres",
            "WEIR_DATABASE_USERNAME",
            "postgres",
            "JAVA_TOOL_OPTIONS",
            "-javaagent:" + agent + "=" + clock);
    one = replica(folder, "one", first, firstPort, firstCluster, environment);
    two = replica(folder, "two", second, secondPort, secondCluster, environment);
    door = new Door(List.of(one.address(), two.address()));
    Path secret = Files.createDirectories(config.resolve("secrets").resolve("node-keys"));
    Files.writeString(secret.resolve("keys.yaml"), SfuNode.KEY + ": " + SfuNode.SECRET + "\n");
    Files.writeString(config.resolve("told.yaml"), yaml(told));
    Files.writeString(config.resolve("untold.yaml"), yaml(untold));
    one.start();
    two.start();
    one.awaitReady();
    two.awaitReady();
  }

  private static String member(int port) {
    return Replica.CLUSTER_IP + ":" + port;
  }

  private static Replica replica(
      Path folder,
      String name,
      String ip,
      int port,
      int clusterPort,
      Map<String, String> environment)
      throws IOException {
    Path data = Files.createDirectories(folder.resolve(name));
    // Kept beside the test's report.
    Path logs = Files.createDirectories(Path.of("target", "survival"));
    Path log = logs.resolve(name + ".log");
    Files.deleteIfExists(log);
    return new Replica(ip, port, clusterPort, data, environment, log);
  }

  private String yaml(Home home) {
    return """
        apiVersion: weir.dev/v1alpha1
        kind: Homeserver
        metadata: {name: %1$s}
        spec:
          serverName: "%2$s"
          publicUrl: "http://127.0.0.1:%3$d/%1$s"
          clientApiUrl: "%4$s"
          federationApiUrl: "%4$s"
        ---
        apiVersion: weir.dev/v1alpha1
        kind: SfuPool
        metadata: {name: %1$s}
        spec:
          homeserverRef: {name: %1$s}
          nodes:
            - {name: %1$s-0, url: "%5$s"}
          keys:
            secretRef: {name: node-keys}
        """
        .formatted(
            home.name(), home.server(), door.port(), home.homeserver().url(), home.node().url());
  }

  private EmbeddedPostgres openDatabase() throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(databaseFolder)
        .setCleanDataDirectory(false)
        .setPort(databasePort)
        .start();
  }

  void stopDatabase() throws IOException {
    database.orElseThrow().close();
    database = Optional.empty();
  }

  void startDatabase() throws IOException {
    database = Optional.of(openDatabase());
  }

  /** Of both routers; those of SFUs and homeservers stay. */
  void jumpClock(Duration by) throws IOException {
    ClockAgent.jump(clock, by);
  }

  double metric(String name, String... words) {
    return one.metric(name, words) + two.metric(name, words);
  }

  /** Somebody in the one call of the site, with a delayed leave that the router keeps. */
  Person seat(Home home, long delayMillis) {
    return seat(home, "@u" + names.incrementAndGet() + ":" + home.server(), "D", delayMillis);
  }

  Person seat(Home home, String user, String device, long delayMillis) {
    String delayId = "delay" + names.incrementAndGet();
    home.homeserver().schedule(delayId, delayMillis);
    Reply reply = ask(home, user, device, Optional.of(delayId), delayMillis);
    if (reply.status() != 200) {
      throw new IllegalStateException("no token: " + reply);
    }
    Person person =
        new Person(
            threads,
            user,
            device,
            delayId,
            URI.create(reply.body().get("url").asText()),
            reply.body().get("jwt").asText());
    people.add(person);
    return person;
  }

  void awaitUp(List<Person> some) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> some.stream().allMatch(Person::isUp));
  }

  /** As a client does, at whichever replica answers. */
  Reply ask(Home home, String user, String device, Optional<String> delayId, long delayMillis) {
    ObjectNode body = JSON.createObjectNode().put("room", room(home)).put("device_id", device);
    body.putObject("openid_token")
        .put("access_token", user)
        .put("token_type", "Bearer")
        .put("matrix_server_name", home.server())
        .put("expires_in", 3600);
    delayId.ifPresent(id -> body.put("delay_id", id).put("delay_timeout", delayMillis));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + door.port() + "/" + home.name() + "/sfu/get"))
            .timeout(Duration.ofSeconds(20))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return new Reply(answer.statusCode(), JSON.readTree(answer.body()));
    } catch (IOException e) {
      return new Reply(0, JSON.createObjectNode());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static String room(Home home) {
    return "!call:" + home.server();
  }

  @Override
  public void close() throws IOException {
    people.forEach(Person::hangUp);
    one.close();
    two.close();
    told.node().close();
    untold.node().close();
    told.homeserver().close();
    untold.homeserver().close();
    door.close();
    threads.close();
    if (database.isPresent()) {
      database.get().close();
    }
  }
}
