package dev.weir.operator.api;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * The operator as it is shipped, in a process of its own against an API server that has objects.
 */
final class PackagedOperator {
  private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

  private PackagedOperator() {}

  /**
   * How long it takes until it is ready, and what it holds a while later; nothing if not packaged.
   */
  static Map<String, Object> figures(ApiServer server) throws IOException {
    if (!Files.exists(JAR)) {
      return Map.of();
    }
    int port = FreePorts.next();
    Path log = Files.createTempFile("weir-operator", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // As the chart runs it in its memory limit of 512 MiB.
                "-Xmx308m",
                "-XX:+UseSerialGC",
                "-jar",
                JAR.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", String.valueOf(port),
                "QUARKUS_KUBERNETES_CLIENT_API_SERVER_URL", server.url(),
                "QUARKUS_KUBERNETES_CLIENT_TRUST_CERTS", "true",
                "QUARKUS_KUBERNETES_CLIENT_TOKEN", "admin-token",
                "QUARKUS_OPERATOR_SDK_NAMESPACES", "bench",
                "WEIR_LEASE_NAMESPACE", "bench",
                "WEIR_ROUTER_NAMESPACE", "bench"));
    long start = System.nanoTime();
    Process process = builder.start();
    try {
      Awaitility.await("the packaged operator is ready, log in " + log)
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> answers(port));
      double ready = (System.nanoTime() - start) / 1e9;
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> System.nanoTime() - start > Duration.ofSeconds(30).toNanos());
      return Map.of(
          "start_to_ready_s", Math.round(ready * 10) / 10.0, "resident_mib", resident(process));
    } finally {
      process.destroyForcibly();
      Files.deleteIfExists(log);
    }
  }

  private static boolean answers(int port) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/health/ready"))
            .timeout(Duration.ofSeconds(2))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static long resident(Process process) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc", process.pid() + "", "status"));
    return lines.stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .map(line -> line.replaceAll("\\D", ""))
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElse(0)
        / 1024;
  }
}
