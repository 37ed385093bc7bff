package dev.weir.service.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.service.ports.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** The packaged router as a process, with an environment that holds nothing but what is given. */
final class RouterProcess implements AutoCloseable {
  private final Process process;
  private final Path log;
  private final int port;
  private final int managementPort;

  private RouterProcess(Process process, Path log, int port, int managementPort) {
    this.process = process;
    this.log = log;
    this.port = port;
    this.managementPort = managementPort;
  }

  /** Where the packaged router is; skips the test, and says so, where nobody has packaged it. */
  static Path jar() {
    Path jar =
        Path.of(
            Optional.ofNullable(System.getenv("WEIR_ROUTER_JAR"))
                .orElse("target/quarkus-app/quarkus-run.jar"));
    assumeTrue(Files.exists(jar), "the router is not packaged: mvn package, or WEIR_ROUTER_JAR");
    return jar.toAbsolutePath();
  }

  /**
   * Runs it in a folder of its own, quick to start rather than quick in the long run; the
   * environment's WEIR_DATA_DIR is there unless given.
   */
  static RouterProcess start(
      Path folder, int port, Map<String, String> environment, List<String> jvm) throws IOException {
    List<String> quick = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    quick.addAll(jvm);
    return startPlain(folder, port, environment, quick);
  }

  /** With the options of {@code ./weir router}. */
  static RouterProcess startPlain(
      Path folder, int port, Map<String, String> environment, List<String> jvm) throws IOException {
    int management = FreePorts.next();
    Path log = folder.resolve("router.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx512m"));
    command.addAll(jvm);
    command.addAll(List.of("-jar", jar().toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    Map<String, String> all = new HashMap<>();
    all.put("PATH", System.getenv("PATH"));
    all.put("WEIR_DATA_DIR", folder.resolve("data").toString());
    all.put("QUARKUS_MANAGEMENT_PORT", String.valueOf(management));
    all.putAll(environment);
    builder.environment().clear();
    builder.environment().putAll(all);
    return new RouterProcess(builder.start(), log, port, management);
  }

  RouterProcess awaitReady() {
    Awaitility.await()
        .alias("the router is ready; its log: " + log)
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("the router ended: " + log());
              }
              return ask("GET", "/healthz").filter(reply -> reply.status() == 200).isPresent();
            });
    return this;
  }

  private Optional<Reply> ask(String method, String path) {
    try (Line line = new Line(port)) {
      return Optional.of(line.ask(method, path, Map.of(), new byte[0]));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  int port() {
    return port;
  }

  int managementPort() {
    return managementPort;
  }

  long pid() {
    return process.pid();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** Waits for the end. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the router did not end");
    }
    return process.exitValue();
  }

  void awaitEnd() throws InterruptedException {
    var unused = exitCode();
  }

  void askToStop() {
    process.destroy();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
