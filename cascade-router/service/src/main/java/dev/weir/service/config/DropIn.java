package dev.weir.service.config;

import dev.weir.service.sfu.SigningKey;
import dev.weir.session.Site;
import dev.weir.session.admission.AccessPolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The environment variables of the token service that Weir replaces: one homeserver, one SFU, no
 * files. Clients get LIVEKIT_URL as it is, and tokens of its key.
 */
public final class DropIn {
  private static final Set<String> KNOWN =
      Set.of(
          "LIVEKIT_URL",
          "LIVEKIT_KEY",
          "LIVEKIT_SECRET",
          "LIVEKIT_KEY_FROM_FILE",
          "LIVEKIT_SECRET_FROM_FILE",
          "LIVEKIT_KEY_FILE",
          "LIVEKIT_JWT_BIND",
          "LIVEKIT_JWT_PORT",
          "LIVEKIT_FULL_ACCESS_HOMESERVERS",
          "LIVEKIT_LOCAL_HOMESERVERS",
          "LIVEKIT_CS_API_URL_OVERRIDES",
          "LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS",
          "LIVEKIT_INSECURE_SKIP_VERIFY_TLS",
          "LIVEKIT_LOG_LEVEL",
          "LIVEKIT_REDIS_URL",
          "LIVEKIT_REDIS_PASSWORD",
          "LIVEKIT_AS_TOKEN",
          "LIVEKIT_HS_TOKEN",
          "LIVEKIT_AS_REGISTRATION_FILE",
          "LIVEKIT_HS_SERVER_NAME",
          // Tokens of clients always allow it.
          "LIVEKIT_CAN_UPDATE_OWN_METADATA");

  // Kubernetes sets such variables for every Service in reach whose name begins with livekit.
  private static final Pattern SERVICE_LINK =
      Pattern.compile("LIVEKIT_(.*_)?(SERVICE_(HOST|PORT(_.*)?)|PORT(_\\d+_.*)?)");

  static final String SKIP_VERIFY = "YES_I_KNOW_WHAT_I_AM_DOING";

  /** Every server's users have full access. */
  static final String EVERYBODY = "*";

  private final Map<String, String> env;
  private final List<String> problems = new ArrayList<>();

  private DropIn(Map<String, String> env) {
    this.env = env;
  }

  /** What does not fit into the description of a site. */
  public record Settings(
      Sites sites,
      SigningKey key,
      boolean verifyTls,
      Optional<Duration> sanityCheck,
      Optional<RedisAddress> redis) {
    @Override
    public String toString() {
      return "DropIn.Settings[...]";
    }
  }

  /** Whether somebody set variables of the token service, wholly or in part. */
  static boolean isMentioned(Map<String, String> env) {
    return env.entrySet().stream()
        .anyMatch(set -> KNOWN.contains(set.getKey()) && !set.getValue().startsWith("tcp://"));
  }

  public static boolean isMeant(Map<String, String> env) {
    return env.containsKey("LIVEKIT_URL");
  }

  public static Settings read(Map<String, String> env) {
    return new DropIn(env).read();
  }

  private Settings read() {
    env.keySet().stream()
        .filter(name -> name.startsWith("LIVEKIT_") && !KNOWN.contains(name))
        .filter(name -> !SERVICE_LINK.matcher(name).matches())
        .sorted()
        .forEach(name -> problems.add(name + " is not a variable of the token service"));
    Optional<URI> url = livekitUrl();
    Optional<SigningKey> key = key();
    SequencedSet<String> servers = fullAccess();
    Optional<HomeSite.AppService> appService = appService();
    Optional<String> homeserver = homeserver(appService.isPresent(), servers);
    Map<String, URI> clientApis = overrides();
    Optional<Duration> sanityCheck = sanityCheck();
    Optional<RedisAddress> redis = redis();
    listenAddress(env, problems);
    boolean verifyTls = verifyTls();
    if (!problems.isEmpty() || url.isEmpty() || key.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    ResourceId id = new ResourceId("default", "livekit");
    Pool pool =
        new Pool(
            id,
            0,
            "",
            List.of(new Node(Node.id(id, "livekit"), url.get(), false)),
            List.of(key.get()),
            Integer.MAX_VALUE);
    String name = homeserver.orElse(servers.contains(EVERYBODY) ? "everybody" : servers.getFirst());
    HomeSite site =
        new HomeSite(
            id,
            0,
            Site.of(name),
            servers,
            Optional.empty(),
            url,
            clientApis,
            Map.of(),
            new AccessPolicy(true, true),
            appService,
            Optional.empty(),
            Duration.ofHours(24),
            List.of(pool),
            List.of());
    return new Settings(new Sites(List.of(site)), key.get(), verifyTls, sanityCheck, redis);
  }

  private Optional<URI> livekitUrl() {
    String text = value("LIVEKIT_URL").orElse("");
    try {
      URI url = URI.create(text);
      if (url.getHost() != null && String.valueOf(url.getScheme()).matches("wss?|https?")) {
        return Optional.of(url);
      }
    } catch (IllegalArgumentException e) {
      // Said below, in the admin's words.
    }
    problems.add("LIVEKIT_URL must be a URL such as wss://sfu.example.org, it is '" + text + "'");
    return Optional.empty();
  }

  private Optional<SigningKey> key() {
    Optional<String> both = value("LIVEKIT_KEY_FILE");
    if (both.isPresent()) {
      for (String name : List.of("LIVEKIT_KEY", "LIVEKIT_SECRET")) {
        if (value(name).isPresent() || value(name + "_FROM_FILE").isPresent()) {
          problems.add("LIVEKIT_KEY_FILE and " + name + " are both set: give one of them");
        }
      }
      String[] parts = file("LIVEKIT_KEY_FILE", both.get()).split(":", -1);
      if (parts.length != 2 || parts[0].isBlank() || parts[1].isBlank()) {
        problems.add("LIVEKIT_KEY_FILE must hold one line key: secret");
        return Optional.empty();
      }
      return Optional.of(new SigningKey(parts[0].strip(), parts[1].strip()));
    }
    String id = plainOrFile("LIVEKIT_KEY");
    String secret = plainOrFile("LIVEKIT_SECRET");
    if (id.isEmpty() || secret.isEmpty()) {
      problems.add(
          "the LiveKit key is missing: set LIVEKIT_KEY and LIVEKIT_SECRET, or the variables with"
              + " _FROM_FILE, or LIVEKIT_KEY_FILE");
      return Optional.empty();
    }
    return Optional.of(new SigningKey(id, secret));
  }

  private String plainOrFile(String name) {
    Optional<String> plain = value(name);
    Optional<String> path = value(name + "_FROM_FILE");
    if (plain.isPresent() && path.isPresent()) {
      problems.add(name + " and " + name + "_FROM_FILE are both set: give one of them");
    }
    return path.map(file -> file(name + "_FROM_FILE", file)).or(() -> plain).orElse("").strip();
  }

  private String file(String name, String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      problems.add(name + ": the file " + path + " cannot be read");
      return "";
    }
  }

  private SequencedSet<String> fullAccess() {
    Optional<String> text =
        value("LIVEKIT_FULL_ACCESS_HOMESERVERS").or(() -> value("LIVEKIT_LOCAL_HOMESERVERS"));
    SequencedSet<String> servers =
        new LinkedHashSet<>(Arrays.asList(text.orElse("").strip().split("[,\\s]+")));
    servers.remove("");
    if (servers.isEmpty()) {
      problems.add(
          "LIVEKIT_FULL_ACCESS_HOMESERVERS must name the homeservers whose users may start calls; *"
              + " means all");
    }
    if (servers.contains(EVERYBODY) && servers.size() > 1) {
      problems.add("LIVEKIT_FULL_ACCESS_HOMESERVERS has * and names: give one or the other");
    }
    return servers;
  }

  private Map<String, URI> overrides() {
    Map<String, URI> urls = new HashMap<>();
    for (String part : value("LIVEKIT_CS_API_URL_OVERRIDES").orElse("").split(",")) {
      String pair = part.strip();
      int equals = pair.indexOf('=');
      if (pair.isEmpty()) {
        continue;
      }
      String url = pair.substring(equals + 1).strip();
      try {
        URI base = URI.create(url.contains("://") ? url : "https://" + url);
        boolean usable =
            base.getHost() != null && String.valueOf(base.getScheme()).matches("https?");
        if (equals < 1 || !usable) {
          throw new IllegalArgumentException("not server=url");
        }
        urls.put(pair.substring(0, equals).strip(), base);
      } catch (IllegalArgumentException e) {
        problems.add("LIVEKIT_CS_API_URL_OVERRIDES: '" + pair + "' is not server=https://host");
      }
    }
    return urls;
  }

  private Optional<HomeSite.AppService> appService() {
    Optional<String> file = value("LIVEKIT_AS_REGISTRATION_FILE");
    Map<String, String> tokens =
        file.map(path -> KeyFile.flat(file("LIVEKIT_AS_REGISTRATION_FILE", path)))
            .orElseGet(
                () ->
                    Map.of(
                        "as_token", value("LIVEKIT_AS_TOKEN").orElse(""),
                        "hs_token", value("LIVEKIT_HS_TOKEN").orElse("")));
    String as = tokens.getOrDefault("as_token", "");
    String hs = tokens.getOrDefault("hs_token", "");
    if (file.isEmpty() && as.isEmpty() && hs.isEmpty()) {
      return Optional.empty();
    }
    if (as.isEmpty() || hs.isEmpty()) {
      problems.add(
          file.isPresent()
              ? "LIVEKIT_AS_REGISTRATION_FILE must hold as_token and hs_token"
              : "LIVEKIT_AS_TOKEN and LIVEKIT_HS_TOKEN belong together: give both");
      return Optional.empty();
    }
    return Optional.of(new HomeSite.AppService(as, hs));
  }

  /** Whose application service we are: it need not be said when there is only one server. */
  private Optional<String> homeserver(boolean appService, SequencedSet<String> servers) {
    Optional<String> name = value("LIVEKIT_HS_SERVER_NAME").map(String::strip);
    if (name.isPresent()) {
      servers.add(name.get());
    } else if (appService && (servers.size() != 1 || servers.contains(EVERYBODY))) {
      problems.add(
          "LIVEKIT_HS_SERVER_NAME is missing: the application service needs the name of its"
              + " homeserver");
    }
    return name;
  }

  private Optional<RedisAddress> redis() {
    try {
      return value("LIVEKIT_REDIS_URL")
          .map(url -> RedisAddress.parse(url, value("LIVEKIT_REDIS_PASSWORD")));
    } catch (IllegalArgumentException e) {
      // The URL may hold a password.
      problems.add("LIVEKIT_REDIS_URL must be a URL such as redis://host:6379/0");
      return Optional.empty();
    }
  }

  private Optional<Duration> sanityCheck() {
    Optional<String> text = value("LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS");
    if (text.isPresent() && !text.get().matches("\\d{1,6}")) {
      problems.add("LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS must be a number of seconds");
      return Optional.empty();
    }
    return text.map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
  }

  private boolean verifyTls() {
    Optional<String> text = value("LIVEKIT_INSECURE_SKIP_VERIFY_TLS");
    if (text.isPresent() && !text.get().equals(SKIP_VERIFY)) {
      problems.add("LIVEKIT_INSECURE_SKIP_VERIFY_TLS is either empty or " + SKIP_VERIFY);
    }
    return text.isEmpty();
  }

  /** Host and port to listen on. */
  record Listen(String host, int port) {}

  static Listen listenAddress(Map<String, String> env, List<String> problems) {
    String bind = env.getOrDefault("LIVEKIT_JWT_BIND", "");
    String port = env.getOrDefault("LIVEKIT_JWT_PORT", "");
    if (!bind.isEmpty() && !port.isEmpty()) {
      problems.add("LIVEKIT_JWT_BIND and LIVEKIT_JWT_PORT are both set: give one of them");
    }
    String text = bind.isEmpty() ? ":" + (port.isEmpty() ? "8080" : port) : bind;
    int colon = text.lastIndexOf(':');
    String digits = text.substring(colon + 1);
    if (colon < 0 || !digits.matches("\\d{1,5}") || Integer.parseInt(digits) > 65_535) {
      problems.add(
          bind.isEmpty()
              ? "LIVEKIT_JWT_PORT must be a port, it is '" + port + "'"
              : "LIVEKIT_JWT_BIND must be host:port or :port, it is '" + bind + "'");
      return new Listen("0.0.0.0", 8080);
    }
    String host = text.substring(0, colon).replaceAll("[\\[\\]]", "");
    return new Listen(host.isEmpty() ? "0.0.0.0" : host, Integer.parseInt(digits));
  }

  private Optional<String> value(String name) {
    return Optional.ofNullable(env.get(name)).filter(text -> !text.isEmpty());
  }
}
