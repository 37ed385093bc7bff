package dev.weir.operator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/** A real kube-apiserver on a real etcd, as two processes on loopback, with an audit log. */
final class ApiServer implements AutoCloseable {
  /** One request as the audit log tells it. */
  record Request(String user, String verb, String resource, String subresource, int code) {
    boolean writes() {
      return List.of("create", "update", "patch", "delete", "deletecollection").contains(verb);
    }
  }

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final int port;

  private ApiServer(Path folder) {
    this.folder = folder;
    this.port = FreePorts.next();
  }

  /** Starts both, or skips the test with the reason when their binaries are not there. */
  static ApiServer start() {
    Path binaries = binaries();
    for (String name : List.of("etcd", "kube-apiserver")) {
      Assumptions.assumeTrue(
          Files.isExecutable(binaries.resolve(name)),
          () -> binaries.resolve(name) + " is missing: run e2e/cluster/build.sh api");
    }
    try {
      ApiServer server = new ApiServer(Files.createTempDirectory("weir-apiserver"));
      server.run(binaries);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path binaries() {
    String cache =
        Objects.requireNonNullElse(
            System.getenv("WEIR_CACHE"), System.getProperty("user.home") + "/.cache/weir");
    return Path.of(cache, "kubernetes", "bin");
  }

  private void run(Path binaries) throws IOException {
    int clients = FreePorts.next();
    int peers = FreePorts.next();
    launch(
        "etcd",
        binaries.resolve("etcd").toString(),
        "--data-dir=" + folder.resolve("etcd"),
        "--unsafe-no-fsync",
        "--listen-client-urls=http://127.0.0.1:" + clients,
        "--advertise-client-urls=http://127.0.0.1:" + clients,
        "--listen-peer-urls=http://127.0.0.1:" + peers,
        "--initial-advertise-peer-urls=http://127.0.0.1:" + peers,
        "--initial-cluster=default=http://127.0.0.1:" + peers);
    Path key = serviceAccountKey();
    Files.writeString(
        folder.resolve("tokens.csv"),
        "admin-token,admin,admin,\"system:masters\"\n"
            + "operator-token,operator,operator,\n"
            + "operator-as-admin-token,operator-as-admin,operator-as-admin,\"system:masters\"\n"
            + "stranger-token,stranger,stranger,\n");
    Files.writeString(
        folder.resolve("audit.yaml"),
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n");
    launch(
        "kube-apiserver",
        binaries.resolve("kube-apiserver").toString(),
        "--etcd-servers=http://127.0.0.1:" + clients,
        "--bind-address=127.0.0.1",
        "--secure-port=" + port,
        "--cert-dir=" + folder.resolve("certificates"),
        "--token-auth-file=" + folder.resolve("tokens.csv"),
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount",
        "--service-cluster-ip-range=10.0.0.0/16",
        "--service-account-issuer=https://kubernetes.default.svc",
        "--service-account-key-file=" + key,
        "--service-account-signing-key-file=" + key,
        "--audit-policy-file=" + folder.resolve("audit.yaml"),
        "--audit-log-path=" + folder.resolve("audit.log"),
        "--audit-log-mode=blocking");
    try (KubernetesClient client = client("admin")) {
      Awaitility.await("kube-apiserver, log in " + folder)
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(200))
          .ignoreExceptionsInstanceOf(KubernetesClientException.class)
          .until(() -> client.namespaces().withName("default").get() != null);
    }
  }

  KubernetesClient client(String user) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("https://127.0.0.1:" + port)
            .withTrustCerts(true)
            .withDisableHostnameVerification(true)
            .withOauthToken(user + "-token")
            .withNamespace("default")
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  String url() {
    return "https://127.0.0.1:" + port;
  }

  /** The requests of a user so far, oldest first. */
  List<Request> requestsOf(String user) {
    List<Request> requests = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    try {
      for (String line : Files.readAllLines(folder.resolve("audit.log"))) {
        JsonNode entry = mapper.readTree(line);
        if (entry.at("/user/username").asText().equals(user)) {
          requests.add(
              new Request(
                  user,
                  entry.path("verb").asText(),
                  entry.at("/objectRef/apiGroup").asText()
                      + "/"
                      + entry.at("/objectRef/resource").asText(),
                  entry.at("/objectRef/subresource").asText(),
                  entry.at("/responseStatus/code").asInt()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return requests;
  }

  private Path serviceAccountKey() throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      KeyPair pair = generator.generateKeyPair();
      Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
      return Files.writeString(
          folder.resolve("accounts.key"),
          pem("PRIVATE KEY", encoder.encodeToString(pair.getPrivate().getEncoded())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String type, String body) {
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }

  private void launch(String name, String... command) throws IOException {
    File log = folder.resolve(name.toLowerCase(Locale.ROOT) + ".log").toFile();
    processes.add(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start());
  }

  @Override
  public void close() {
    for (Process process : processes.reversed()) {
      process.destroyForcibly();
    }
    for (Process process : processes) {
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
