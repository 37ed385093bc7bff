package dev.weir.relay.load;

import io.livekit.server.AccessToken;
import io.livekit.server.Agent;
import io.livekit.server.CanPublish;
import io.livekit.server.CanPublishData;
import io.livekit.server.CanSubscribe;
import io.livekit.server.CanUpdateOwnMetadata;
import io.livekit.server.Hidden;
import io.livekit.server.RoomJoin;
import io.livekit.server.RoomName;
import io.livekit.server.RoomServiceClient;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.ParticipantPermission;
import org.junit.jupiter.api.Assumptions;

/** A livekit-server process on loopback with ports of its own. */
public final class LiveKitServer implements AutoCloseable {
  private static final String KEY = "weir-test";
  private static final String SECRET = "weir-test-secret-weir-test-secret-0";

  private final ProcessBuilder command;
  private final int port;
  private final int udpPort;
  private final Path log;
  private Process process;

  private LiveKitServer(ProcessBuilder command, int port, int udpPort, Path log)
      throws IOException {
    this.command = command;
    this.port = port;
    this.udpPort = udpPort;
    this.log = log;
    this.process = command.start();
  }

  /** The binary, or none: from {@code WEIR_LIVEKIT_SERVER} or the path. */
  public static Optional<Path> binary() {
    String named = System.getenv("WEIR_LIVEKIT_SERVER");
    if (named != null) {
      return Optional.of(Path.of(named));
    }
    for (String folder : System.getenv("PATH").split(File.pathSeparator, -1)) {
      Path candidate = Path.of(folder, "livekit-server");
      if (Files.isExecutable(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** Starts a server whose media goes over one UDP port, or over TCP alone. */
  public static LiveKitServer start(Path folder, String name, boolean tcpOnly) throws Exception {
    return start(folder, name, tcpOnly, "127.0.0.1", "");
  }

  /**
   * Starts a server that names the address of a {@link FaultyLink} as its own; {@link #behind}
   * makes the link.
   */
  public static LiveKitServer startBehind(Path folder, String name) throws Exception {
    return start(folder, name, false, FaultyLink.ADDRESS, "");
  }

  /**
   * @param more YAML that is added to the configuration, with a line's end
   */
  public static LiveKitServer start(
      Path folder, String name, boolean tcpOnly, String address, String more) throws Exception {
    Optional<Path> binary = binary();
    Assumptions.assumeTrue(
        binary.isPresent(), "no livekit-server: set WEIR_LIVEKIT_SERVER or put it on the path");
    int port = FreePorts.next();
    int udpPort = FreePorts.next();
    String udp = tcpOnly ? "  udp_port: 0\n  force_tcp: true\n" : "  udp_port: " + udpPort + "\n";
    Path config = folder.resolve(name + ".yaml");
    Files.writeString(
        config,
        "port: "
            + port
            + "\nbind_addresses: [\"127.0.0.1\"]\nrtc:\n  tcp_port: "
            + FreePorts.next()
            + "\n"
            + udp
            + """
              use_external_ip: false
              node_ip: "%s"
              enable_loopback_candidate: true
              interfaces: {includes: [lo]}
            keys: {%s: %s}
            logging: {level: %s}
            """
                .formatted(address, KEY, SECRET, System.getProperty("livekit.log", "info"))
            + more);
    Path log = folder.resolve(name + ".log");
    ProcessBuilder command =
        new ProcessBuilder(binary.get().toString(), "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    LiveKitServer server = new LiveKitServer(command, port, udpPort, log);
    server.awaitReady();
    return server;
  }

  private void awaitReady() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (System.nanoTime() < end) {
      if (!process.isAlive()) {
        throw new IOException("livekit-server ended: " + Files.readString(log));
      }
      try (Socket socket = new Socket("127.0.0.1", port)) {
        if (socket.isConnected()) {
          return;
        }
      } catch (IOException e) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    throw new IOException("livekit-server did not start: " + Files.readString(log));
  }

  public URI url() {
    return URI.create("ws://127.0.0.1:" + port);
  }

  /** The link that this server, started behind one, is reached over. */
  public FaultyLink behind(long seed) throws IOException {
    return new FaultyLink(udpPort, seed);
  }

  /** What the server wrote so far. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  public long pid() {
    return process.pid();
  }

  /** For a hidden subscriber. */
  public String pullToken(String room, String identity) {
    AccessToken token = new AccessToken(KEY, SECRET);
    token.setIdentity(identity);
    token.addGrants(
        new RoomJoin(true),
        new RoomName(room),
        new CanPublish(false),
        new CanSubscribe(true),
        new CanPublishData(false),
        new Hidden(true),
        new Agent(true));
    return token.toJwt();
  }

  /** For a member, native or relayed. */
  public String token(
      String room,
      String identity,
      String name,
      String metadata,
      Map<String, String> attributes,
      boolean subscribe) {
    AccessToken token = new AccessToken(KEY, SECRET);
    token.setIdentity(identity);
    token.setName(name);
    token.setMetadata(metadata);
    token.getAttributes().putAll(attributes);
    token.addGrants(
        new RoomJoin(true),
        new RoomName(room),
        new CanPublish(true),
        new CanSubscribe(subscribe),
        new CanPublishData(false),
        new CanUpdateOwnMetadata(true));
    return token.toJwt();
  }

  /** Lets a participant publish, or not, as its site may do in the middle of a call. */
  public void permit(String room, String identity, boolean publish) throws IOException {
    RoomServiceClient rooms =
        RoomServiceClient.createClient("http://127.0.0.1:" + port, KEY, SECRET);
    var response =
        rooms
            .updateParticipant(
                room,
                identity,
                null,
                null,
                ParticipantPermission.newBuilder()
                    .setCanPublish(publish)
                    .setCanSubscribe(true)
                    .setCanUpdateMetadata(true)
                    .build())
            .execute();
    if (!response.isSuccessful()) {
      throw new IOException("updateParticipant: HTTP " + response.code());
    }
  }

  /** Kills without a goodbye. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
  }

  /** Starts again on the same ports, after {@link #kill}. */
  public void restart() throws Exception {
    process = command.start();
    awaitReady();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(2, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
    }
  }
}
