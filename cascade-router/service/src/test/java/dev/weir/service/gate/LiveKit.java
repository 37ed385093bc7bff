package dev.weir.service.gate;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weir.service.ports.FreePorts;
import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.service.sfu.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.awaitility.Awaitility;

/** One real livekit-server process on ports of its own. */
final class LiveKit implements AutoCloseable {

  private static final OkHttpClient HTTP = SfuClient.sharedHttp();

  private final Process process;
  private final int port;
  private final SigningKey key;
  private final Path log;

  private LiveKit(Process process, int port, SigningKey key, Path log) {
    this.process = process;
    this.port = port;
    this.key = key;
    this.log = log;
  }

  static LiveKit start(Path directory, String name, SigningKey key) throws IOException {
    String binary = System.getenv("WEIR_LIVEKIT_SERVER");
    assumeTrue(binary != null, "WEIR_LIVEKIT_SERVER names no livekit-server");
    int port = FreePorts.next();
    Path config = directory.resolve(name + ".yaml");
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
            .formatted(port, FreePorts.next(), FreePorts.next(), key.id(), key.secret()));
    Path log = directory.resolve(name + ".log");
    Process process =
        new ProcessBuilder(binary, "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    LiveKit node = new LiveKit(process, port, key, log);
    Awaitility.await().atMost(15, TimeUnit.SECONDS).until(node::listens);
    return node;
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + port);
  }

  SigningKey key() {
    return key;
  }

  SfuClient api() {
    return new SfuClient(url(), key, HTTP);
  }

  List<String> people(String room) throws SfuFailure {
    return api()
        .listParticipants(room)
        .map(there -> there.stream().map(p -> p.getIdentity()).toList())
        .orElse(List.of());
  }

  Optional<Integer> exitCode() {
    return process.isAlive() ? Optional.empty() : Optional.of(process.exitValue());
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private boolean listens() {
    try (Socket ignored = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }
}
