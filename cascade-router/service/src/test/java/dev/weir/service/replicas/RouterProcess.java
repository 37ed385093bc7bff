package dev.weir.service.replicas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.service.ports.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/** One packaged router on an address of its own; it can be killed, stopped and started again. */
final class RouterProcess implements AutoCloseable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final InetAddress ip;
  private final int http;
  private final int management;
  private final int cluster;
  private final Map<String, String> settings;
  private Process process;

  RouterProcess(Path folder, InetAddress ip, int cluster, Map<String, String> settings)
      throws IOException {
    this(folder, ip, cluster, settings, FreePorts.next());
  }

  /** For one that must be named before it is started. */
  RouterProcess(Path folder, InetAddress ip, int cluster, Map<String, String> settings, int http)
      throws IOException {
    this.folder = folder;
    this.ip = ip;
    this.cluster = cluster;
    this.settings = settings;
    this.http = http;
    this.management = FreePorts.next();
    this.process = launch();
  }

  private Process launch() throws IOException {
    String jar =
        Objects.requireNonNull(
            System.getenv("WEIR_ROUTER_JAR"), "WEIR_ROUTER_JAR names no packaged router");
    String name = folder.getFileName().toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            jar);
    Map<String, String> env = new HashMap<>(settings);
    env.put("WEIR_DATA_DIR", folder.resolve("data").toString());
    env.put("WEIR_ALLOWED_NETWORKS", "127.0.0.0/8");
    env.put("WEIR_CLUSTER_ADDRESS", ip.getHostAddress() + ":" + cluster);
    env.put("QUARKUS_HTTP_HOST", ip.getHostAddress());
    env.put("QUARKUS_HTTP_PORT", Integer.toString(http));
    env.put("QUARKUS_MANAGEMENT_HOST", ip.getHostAddress());
    env.put("QUARKUS_MANAGEMENT_PORT", Integer.toString(management));
    builder.environment().putAll(env);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(folder.resolveSibling(name + ".log").toFile()))
        .start();
  }

  long pid() {
    return process.pid();
  }

  /** What it says to an admin who asks about a Matrix room. */
  String explain(String roomId) {
    String asked = URLEncoder.encode(roomId, StandardCharsets.UTF_8);
    return get("/weir/v1/explain?room_id=" + asked).toString();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(ip, http);
  }

  String ip() {
    return ip.getHostAddress();
  }

  void awaitReady() {
    Awaitility.await("router at " + ip)
        .atMost(Duration.ofSeconds(180))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> status("http://" + ip() + ":" + http + "/healthz") == 200);
  }

  boolean isReady() {
    return status("http://" + ip() + ":" + http + "/healthz") == 200;
  }

  /** What this replica knows, as the status page's JSON. */
  JsonNode sessions() {
    return get("/weir/v1/sessions").path("sites").path(0);
  }

  /** The members of a Matrix room as this replica sees them: user and node. */
  Map<String, String> members(String roomId) {
    Map<String, String> members = new HashMap<>();
    for (JsonNode slot : sessions().path("slots")) {
      if (slot.path("roomId").asText().equals(roomId)) {
        for (JsonNode member : slot.path("members")) {
          members.merge(
              member.path("user").asText(), member.path("node").asText(), (a, b) -> a + "," + b);
        }
      }
    }
    return members;
  }

  /** Legs of a Matrix room that this replica runs, by their states. */
  long legs(String roomId, String state) {
    return StreamSupport.stream(sessions().path("slots").spliterator(), false)
        .filter(slot -> slot.path("roomId").asText().equals(roomId))
        .flatMap(slot -> StreamSupport.stream(slot.path("legs").spliterator(), false))
        .filter(leg -> leg.path("state").asText().equalsIgnoreCase(state))
        .count();
  }

  private JsonNode get(String path) {
    try {
      return JSON.readTree(
          HTTP.send(
                  HttpRequest.newBuilder(URI.create("http://" + ip() + ":" + management + path))
                      .timeout(Duration.ofSeconds(5))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
    } catch (IOException e) {
      return JSON.createObjectNode();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int status(String url) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, and waits for the end. */
  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  void startAgain() throws IOException {
    process = launch();
    awaitReady();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
