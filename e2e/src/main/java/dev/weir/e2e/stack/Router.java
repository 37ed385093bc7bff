package dev.weir.e2e.stack;

import dev.weir.e2e.process.Processes;
import dev.weir.e2e.process.Program;
import dev.weir.e2e.process.Running;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The packaged router, standalone: its Homeserver, SfuPool and SfuPeers are files in a folder. */
public final class Router {
  private final Processes processes;
  private final SiteAddress address;
  private final RouterFolder config;
  private final Program program;
  private Running running;

  Router(
      Processes processes,
      Toolbox tools,
      Path folder,
      SiteAddress address,
      RouterFolder config,
      Path adminCertificates,
      Path trustStore) {
    this.processes = processes;
    this.address = address;
    this.config = config;
    this.program =
        new Program(
            "router " + address.name(),
            List.of(
                tools.java().toString(),
                "-Xmx256m",
                "-Djava.io.tmpdir=" + folder,
                "-Djavax.net.ssl.trustStore=" + trustStore,
                "-Djavax.net.ssl.trustStorePassword=" + CertificateAuthority.TRUST_STORE_PASSWORD,
                "-jar",
                tools.routerJar().toString()),
            Map.ofEntries(
                Map.entry("WEIR_CONFIG_DIR", config.path().toString()),
                Map.entry("WEIR_DATA_DIR", folder.resolve("data").toString()),
                // The sites are partners on addresses that the address guard refuses by default.
                Map.entry("WEIR_ALLOWED_NETWORKS", "127.0.0.0/8"),
                Map.entry("WEIR_ADMIN_PORT", String.valueOf(address.adminPort())),
                Map.entry("WEIR_ADMIN_TLS_DIR", adminCertificates.toString()),
                Map.entry("QUARKUS_HTTP_HOST", address.ip()),
                Map.entry("QUARKUS_HTTP_PORT", String.valueOf(address.routerPort())),
                Map.entry("QUARKUS_MANAGEMENT_HOST", address.ip()),
                Map.entry("QUARKUS_MANAGEMENT_PORT", String.valueOf(address.managementPort()))),
            folder);
    this.running = processes.start(program);
  }

  void awaitReady() {
    processes.awaitReady(
        running, Duration.ofSeconds(180), Probe.answers200(address.routerUrl() + "/healthz"));
  }

  public Running running() {
    return running;
  }

  public RouterFolder config() {
    return config;
  }

  /**
   * Bytes of media that this router's relay has pulled from partners; 0 while it cannot be asked.
   */
  public long relayedBytes() {
    return Math.round(sum("weir_relay_received_bytes_total"));
  }

  /** The sum of a metric's lines that contain these words; 0 while the router cannot be asked. */
  public double sum(String name, String... label) {
    return Probe.body(address.managementUrl() + "/q/metrics").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> List.of(label).stream().allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** A gauge or counter without labels, as the metrics page shows it; empty while there is none. */
  public OptionalDouble metric(String name) {
    return Probe.metric(address.managementUrl(), name);
  }

  /** What this router says to an admin who asks about a room, as JSON. */
  public String explain(String roomId) {
    String asked = URLEncoder.encode(roomId, StandardCharsets.UTF_8);
    return Probe.body(address.managementUrl() + "/weir/v1/explain?room_id=" + asked).orElse("");
  }

  /** As a crash of the router. */
  public void kill() {
    running.kill();
  }

  public void startAgain() {
    running = processes.start(program);
    awaitReady();
  }
}
