package dev.weir.service.delegation.survival;

import dev.weir.service.ports.FreePorts;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** One real livekit-server. */
final class SfuNode implements AutoCloseable {
  static final String KEY = "node";
  static final String SECRET = "a-secret-of-a-node-that-only-tests-know";

  private final int port;
  private final ProcessBuilder command;
  private Process process;

  /**
   * @param webhooks where it tells what happens; nowhere loses every webhook
   */
  SfuNode(Path folder, String name, List<String> webhooks) throws IOException {
    String binary = System.getenv("WEIR_LIVEKIT_SERVER");
    if (binary == null) {
      throw new IllegalStateException("WEIR_LIVEKIT_SERVER names no livekit-server");
    }
    this.port = FreePorts.next();
    Path config = folder.resolve(name + ".yaml");
    String told =
        webhooks.isEmpty()
            ? ""
            : "webhook: {api_key: "
                + KEY
                + ", urls: ["
                + webhooks.stream().map(url -> '"' + url + '"').collect(Collectors.joining(", "))
                + "]}\n";
    Files.writeString(
        config,
        """
        port: %d
        bind_addresses: ["127.0.0.1"]
        rtc:
          tcp_port: %d
          udp_port: %d
          use_external_ip: false
          node_ip: 127.0.0.1
          enable_loopback_candidate: true
          interfaces: {includes: [lo]}
        room: {auto_create: false}
        keys: {%s: %s}
        logging: {level: info, json: true}
        """
                .formatted(port, FreePorts.next(), FreePorts.next(), KEY, SECRET)
            + told);
    this.command =
        new ProcessBuilder(binary, "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()));
    this.process = start();
  }

  String url() {
    return "ws://127.0.0.1:" + port;
  }

  private Process start() throws IOException {
    Process started = command.start();
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(this::listens);
    return started;
  }

  /** As a crash, or the second SIGTERM of a roll-out: everybody's connection is gone at once. */
  void killAndStartAgain() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    process = start();
  }

  private boolean listens() {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
