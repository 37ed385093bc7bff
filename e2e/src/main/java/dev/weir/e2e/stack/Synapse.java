package dev.weir.e2e.stack;

import dev.weir.e2e.process.Processes;
import dev.weir.e2e.process.Program;
import dev.weir.e2e.process.Running;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;

/**
 * One unmodified Synapse with SQLite and the MatrixRTC features (delayed and sticky events,
 * transports) switched on.
 */
public final class Synapse {
  private final Processes processes;
  private final SiteAddress address;
  private final Running running;
  private final String registrationSecret;

  Synapse(
      Processes processes,
      Toolbox tools,
      Path folder,
      SiteAddress address,
      Certificate certificate,
      Path authority,
      Secrets secrets) {
    this.processes = processes;
    this.address = address;
    this.registrationSecret = secrets.create("registration secret of " + address.name());
    Secrets.writePrivately(folder.resolve("tls.crt"), certificate.certificatePem());
    Secrets.writePrivately(folder.resolve("tls.key"), certificate.keyPem());
    Secrets.writePrivately(folder.resolve("log.yaml"), LOGGING);
    Secrets.writePrivately(folder.resolve("signing.key"), signingKey(secrets));
    Path config =
        Secrets.writePrivately(
            folder.resolve("homeserver.yaml"), config(folder, authority, secrets));
    this.running =
        processes.start(
            new Program(
                "synapse " + address.name(),
                folder,
                tools.synapsePython().toString(),
                "-m",
                "synapse.app.homeserver",
                "--config-path",
                config.toString()));
  }

  void awaitReady() {
    processes.awaitReady(
        running,
        Duration.ofSeconds(180),
        Probe.answers200(address.homeserverUrl() + "/_matrix/client/versions"));
  }

  public Running running() {
    return running;
  }

  /** Who knows it may register users. */
  public String registrationSecret() {
    return registrationSecret;
  }

  /** In Synapse's own format: algorithm, version, the 32 bytes of an Ed25519 seed. */
  private String signingKey(Secrets secrets) {
    byte[] seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    return "ed25519 a_1 "
        + secrets.remember(
            "signing key of " + address.name(),
            Base64.getEncoder().withoutPadding().encodeToString(seed))
        + "\n";
  }

  private String config(Path folder, Path authority, Secrets secrets) {
    return """
        server_name: "%1$s"
        public_baseurl: "%2$s/"
        pid_file: "%3$s/homeserver.pid"
        listeners:
          - {port: %4$d, bind_addresses: ["%5$s"], type: http, resources: [{names: [client, openid]}]}
          - {port: %6$d, bind_addresses: ["%5$s"], type: http, tls: true, resources: [{names: [federation, openid]}]}
        tls_certificate_path: "%3$s/tls.crt"
        tls_private_key_path: "%3$s/tls.key"
        federation_custom_ca_list: ["%11$s"]
        # Partners live on loopback, which Synapse refuses by default.
        ip_range_blacklist: []
        trusted_key_servers: []
        suppress_key_server_warning: true
        database: {name: sqlite3, args: {database: "%3$s/homeserver.db"}}
        media_store_path: "%3$s/media"
        signing_key_path: "%3$s/signing.key"
        log_config: "%3$s/log.yaml"
        macaroon_secret_key: "%7$s"
        form_secret: "%8$s"
        registration_shared_secret: "%9$s"
        report_stats: false
        presence: {enabled: false}
        max_event_delay_duration: 24h
        experimental_features:
          msc3266_enabled: true
          msc4140_max_delayed_events_per_user: 100
          msc4143_enabled: true
          msc4222_enabled: true
          msc4354_enabled: true
        matrix_rtc:
          transports:
            - {type: livekit, livekit_service_url: "%10$s"}
        """
            .formatted(
                address.serverName(),
                address.homeserverUrl(),
                folder,
                address.clientApiPort(),
                address.ip(),
                address.federationPort(),
                secrets.create("macaroon secret of " + address.name()),
                secrets.create("form secret of " + address.name()),
                registrationSecret,
                address.routerUrl(),
                authority)
        + NO_RATE_LIMITS;
  }

  private static final String LOGGING =
      """
      version: 1
      formatters:
        line: {format: '%(asctime)s %(levelname)s %(name)s %(message)s'}
      handlers:
        console: {class: logging.StreamHandler, formatter: line}
      root: {level: INFO, handlers: [console]}
      disable_existing_loggers: false
      """;

  /** Some users do in a minute what people do in an hour. */
  private static final String NO_RATE_LIMITS =
      """
      rc_message: &free {per_second: 1000, burst_count: 1000}
      rc_registration: *free
      rc_login: {address: *free, account: *free, failed_attempts: *free}
      rc_joins: {local: *free, remote: *free}
      rc_joins_per_room: *free
      rc_invites: {per_room: *free, per_user: *free, per_issuer: *free}
      rc_delayed_event_mgmt: *free
      rc_federation: {window_size: 1000, sleep_limit: 10000, sleep_delay: 1, reject_limit: 10000, concurrent: 100}
      """;
}
