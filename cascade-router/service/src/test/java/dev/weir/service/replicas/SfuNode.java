package dev.weir.service.replicas;

import dev.weir.service.ports.FreePorts;
import dev.weir.service.sfu.AccessTokens;
import dev.weir.service.sfu.Bearer;
import dev.weir.service.sfu.Grant;
import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.service.sfu.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import livekit.LivekitModels.ParticipantInfo;
import okhttp3.OkHttpClient;
import org.awaitility.Awaitility;

/** One real livekit-server that reports to the site's public address. */
final class SfuNode implements AutoCloseable {
  static final SigningKey KEY = new SigningKey("node", "a-secret-of-the-nodes-of-this-test-0123");
  private static final OkHttpClient HTTP = SfuClient.sharedHttp();

  private final String id;
  private final int port;
  private final int udpPort;
  private final Path log;
  private final Process process;

  SfuNode(Path folder, String name, String site) throws IOException {
    this(folder, name, site, "127.0.0.1", FreePorts.next());
  }

  /** One whose media comes over UDP only, by an address at which a {@link MediaLink} stands. */
  static SfuNode behind(Path folder, String name, String site, String address) throws IOException {
    return new SfuNode(folder, name, site, address, 0);
  }

  private SfuNode(Path folder, String name, String site, String address, int tcpPort)
      throws IOException {
    String binary =
        Objects.requireNonNull(
            System.getenv("WEIR_LIVEKIT_SERVER"), "WEIR_LIVEKIT_SERVER names no livekit-server");
    id = "default/main/" + name;
    port = FreePorts.next();
    udpPort = FreePorts.next();
    log = folder.resolve(name + ".log");
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        """
        port: %d
        bind_addresses: ["127.0.0.1"]
        rtc:
          tcp_port: %d
          udp_port: %d
          use_external_ip: false
          node_ip: %s
          enable_loopback_candidate: true
          interfaces: {includes: [lo]}
        room: {auto_create: false}
        keys: {%s: %s}
        webhook: {api_key: %s, urls: ["http://%s/sfu_webhook?node=%s"]}
        logging: {level: info, json: true}
        """
            .formatted(
                port, tcpPort, udpPort, address, KEY.id(), KEY.secret(), KEY.id(), site, id));
    process =
        new ProcessBuilder(binary, "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(this::listens);
  }

  String id() {
    return id;
  }

  /** In its pool. */
  String name() {
    return id.substring(id.lastIndexOf('/') + 1);
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + port);
  }

  int udpPort() {
    return udpPort;
  }

  SfuClient api() {
    return new SfuClient(url(), KEY, HTTP);
  }

  /** Who is visibly there. */
  List<ParticipantInfo> people(String room) {
    try {
      return api().listParticipants(room).orElse(List.of());
    } catch (SfuFailure e) {
      throw new IllegalStateException(e);
    }
  }

  boolean has(String roomSid) {
    try {
      return api().listRooms().stream().anyMatch(room -> room.getSid().equals(roomSid));
    } catch (SfuFailure e) {
      throw new IllegalStateException(e);
    }
  }

  /** Leave to join a call here, past the gate; makes the room. */
  Deployment.Token ticket(String roomId, String name) throws SfuFailure {
    String room = Deployment.liveKitRoom(roomId);
    var unused = api().createRoom(room, "");
    return new Deployment.Token(
        url(),
        new AccessTokens(InstantSource.system())
            .mint(
                KEY,
                new Bearer(Deployment.identity(name), "", "", Map.of()),
                new Grant.Client(room, true),
                Duration.ofMinutes(5)));
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** A single SIGTERM, as from a kubelet: it ends when nobody is left. */
  void terminate() {
    process.destroy();
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  private boolean listens() {
    try (Socket ignored = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
