package dev.weir.service.delegation.survival;

import dev.weir.service.ports.FreePorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** One packaged router as a process of its own. */
final class Replica implements AutoCloseable {
  /** Hazelcast wants an address that an interface of the machine has. */
  static final String CLUSTER_IP = "127.0.0.1";

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

  private static final Pattern AT = Pattern.compile("\"at\":\"([^\"]+)\"");

  private final String ip;
  private final int port;
  private final int managementPort;
  private final ProcessBuilder command;
  private final Path log;
  private Optional<Process> process = Optional.empty();

  Replica(
      String ip,
      int port,
      int clusterPort,
      Path folder,
      Map<String, String> environment,
      Path log) {
    this.ip = ip;
    this.port = port;
    this.managementPort = FreePorts.next();
    this.log = log;
    this.command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Map<String, String> all = new HashMap<>(environment);
    all.put("WEIR_DATA_DIR", folder.toString());
    all.put("WEIR_ALLOWED_NETWORKS", "127.0.0.0/8");
    all.put("WEIR_CLUSTER_ADDRESS", CLUSTER_IP + ":" + clusterPort);
    all.put("QUARKUS_HTTP_HOST", ip);
    all.put("QUARKUS_HTTP_PORT", String.valueOf(port));
    all.put("QUARKUS_MANAGEMENT_HOST", ip);
    all.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(managementPort));
    command.environment().putAll(all);
  }

  private static String jar() {
    String jar = System.getenv("WEIR_ROUTER_JAR");
    if (jar == null) {
      throw new IllegalStateException("WEIR_ROUTER_JAR names no packaged router (see ./weir env)");
    }
    return jar;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(ip, port);
  }

  void start() throws IOException {
    process = Optional.of(command.start());
  }

  void awaitReady() {
    Awaitility.await("router ready, see " + log)
        .atMost(Duration.ofSeconds(150))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> get("http://" + ip + ":" + port + "/healthz").isPresent());
  }

  /** As kill -9. */
  void kill() throws InterruptedException {
    if (process.isPresent()) {
      process.get().destroyForcibly().waitFor();
    }
    process = Optional.empty();
  }

  /** The sum of a metric's lines that contain all of these words. */
  double metric(String name, String... words) {
    return get("http://" + ip + ":" + managementPort + "/q/metrics").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> Arrays.stream(words).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What time it is for the router. */
  Instant clock() {
    String json = get("http://" + ip + ":" + managementPort + "/weir/v1/sessions").orElseThrow();
    Matcher at = AT.matcher(json);
    if (!at.find()) {
      throw new IllegalStateException("no time in " + json);
    }
    return Instant.parse(at.group(1));
  }

  private static Optional<String> get(String url) {
    try {
      HttpResponse<String> answer =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(3)).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    process.ifPresent(Process::destroyForcibly);
  }
}
