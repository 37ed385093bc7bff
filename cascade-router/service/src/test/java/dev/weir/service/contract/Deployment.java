package dev.weir.service.contract;

import dev.weir.service.ports.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One router with three sites in it: {@code home}, which is also its homeserver's application
 * service; {@code prefixed}, below a path; and {@code named}, found by its host. One fake SFU
 * serves all of them. Tests share it and each use rooms and users of their own.
 */
final class Deployment implements AutoCloseable {
  static final String AS_TOKEN = "as-token-of-the-contract-tests";
  static final String HS_TOKEN = "hs-token-of-the-contract-tests";
  static final String NAMED_HOST = "rtc.named.example";
  static final String LIVEKIT_KEY = "contractkey";
  static final String LIVEKIT_SECRET = "a-secret-that-no-log-may-hold-0123456789";

  final FakeHomeserver home;
  final FakeHomeserver prefixed;
  final FakeHomeserver named;
  final FakeHomeserver stranger;
  final FakeSfu sfu;
  final RouterProcess router;

  private Deployment(Path folder) throws IOException {
    Keys keys = new Keys();
    home = new FakeHomeserver(keys);
    prefixed = new FakeHomeserver(keys);
    named = new FakeHomeserver(keys);
    stranger = new FakeHomeserver(keys);
    sfu = new FakeSfu();
    int port = FreePorts.next();
    Path config = Files.createDirectories(folder.resolve("config"));
    Path secrets = config.resolve("secrets");
    Files.createDirectories(secrets.resolve("keys"));
    Files.writeString(
        secrets.resolve("keys/keys.yaml"), LIVEKIT_KEY + ": " + LIVEKIT_SECRET + "\n");
    Files.createDirectories(secrets.resolve("service"));
    Files.writeString(secrets.resolve("service/as_token"), AS_TOKEN);
    Files.writeString(secrets.resolve("service/hs_token"), HS_TOKEN);
    String base = "http://127.0.0.1:" + port;
    Files.writeString(
        config.resolve("sites.yaml"),
        site("home", home, base, "appServiceSecretRef: {name: service}")
            + site("prefixed", prefixed, base + "/second/site", "access: {restricted: Deny}")
            + site("named", named, "http://" + NAMED_HOST, ""));
    router =
        RouterProcess.start(
            folder,
            port,
            Map.of(
                "WEIR_CONFIG_DIR",
                config.toString(),
                "WEIR_ALLOWED_NETWORKS",
                "127.0.0.0/8",
                "QUARKUS_HTTP_HOST",
                "127.0.0.1",
                "QUARKUS_HTTP_PORT",
                String.valueOf(port)),
            trusting(keys, folder));
    router.awaitReady();
  }

  static List<String> trusting(Keys keys, Path folder) throws IOException {
    return List.of(
        "-Djavax.net.ssl.trustStore=" + keys.trustStore(folder),
        "-Djavax.net.ssl.trustStorePassword=" + Keys.PASSWORD);
  }

  private String site(String name, FakeHomeserver homeserver, String publicUrl, String more) {
    return """
    apiVersion: weir.dev/v1alpha1
    kind: Homeserver
    metadata: {name: %1$s}
    spec:
      serverName: "%2$s"
      publicUrl: "%3$s"
      clientApiUrl: "%4$s"
      %5$s
    ---
    apiVersion: weir.dev/v1alpha1
    kind: SfuPool
    metadata: {name: %1$s}
    spec:
      homeserverRef: {name: %1$s}
      nodes:
        - {name: node, url: "%6$s"}
      keys:
        secretRef: {name: keys}
    ---
    """
        .formatted(name, homeserver.name(), publicUrl, homeserver.clientApi(), more, sfu.url());
  }

  Reply post(String path, String body) {
    return ask("POST", path, Map.of("Content-Type", "application/json"), body);
  }

  /** As a homeserver asks, with its token and one more header. */
  Reply proxied(String path, String header, String value, String body) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Authorization", "Bearer " + HS_TOKEN);
    headers.put("Content-Type", "application/json");
    if (!value.isEmpty()) {
      headers.put(header, value);
    }
    return ask("POST", path, headers, body);
  }

  Reply ask(String method, String path, Map<String, String> headers, String body) {
    try (Line line = new Line(router.port())) {
      return line.ask(method, path, headers, body.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The signalling URL of the site {@code home}. */
  String signallingUrl() {
    return "ws://127.0.0.1:" + router.port();
  }

  @Override
  public void close() {
    router.close();
    home.close();
    prefixed.close();
    named.close();
    stranger.close();
    sfu.close();
  }

  /** Hands the one deployment of the test run to tests that ask for it. */
  static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Deployment.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      // Before anything is made: a router that nobody has packaged skips the test.
      RouterProcess.jar();
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.GLOBAL)
          .computeIfAbsent(
              Deployment.class,
              any -> {
                try {
                  return new Deployment(Files.createTempDirectory("weir-contract"));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              Deployment.class);
    }
  }
}
