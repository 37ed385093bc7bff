package dev.weir.service.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What is checked and set before the framework starts: afterwards its port is taken. */
public final class Preflight {
  private static final Map<String, String> LOG_LEVELS =
      Map.of("debug", "DEBUG", "info", "INFO", "warn", "WARN", "warning", "WARN", "error", "ERROR");

  private Preflight() {}

  /** All contradictions; empty when the router can start. */
  public static List<String> problems(Map<String, String> env) {
    List<String> problems = new ArrayList<>();
    try {
      boolean directory = env.containsKey("WEIR_CONFIG_DIR");
      if (directory && DropIn.isMeant(env)) {
        problems.add("WEIR_CONFIG_DIR and LIVEKIT_URL are both set: give one of them");
      } else if (directory) {
        var unused = ConfigDirectory.read(Path.of(env.get("WEIR_CONFIG_DIR")));
        dataDirectory(env).ifPresent(problems::add);
      } else if (DropIn.isMentioned(env)) {
        var unused = DropIn.read(env);
      }
    } catch (ConfigurationException e) {
      problems.addAll(e.problems());
    }
    try {
      var unused = ProcessRole.parse(env.getOrDefault("WEIR_ROLES", ProcessRole.DEFAULT));
    } catch (ConfigurationException e) {
      problems.addAll(e.problems());
    }
    String level = env.getOrDefault("LIVEKIT_LOG_LEVEL", "");
    if (!level.isEmpty() && !LOG_LEVELS.containsKey(level.toLowerCase(Locale.ROOT))) {
      problems.add("LIVEKIT_LOG_LEVEL must be debug, info, warn or error, it is '" + level + "'");
    }
    return problems;
  }

  /** Delegated leaves and the secret of client tokens must survive a restart. */
  private static Optional<String> dataDirectory(Map<String, String> env) {
    Path folder = RouterSettings.dataDir(env);
    return RouterSettings.isWritable(folder)
        ? Optional.empty()
        : Optional.of("WEIR_DATA_DIR: the folder " + folder + " cannot be written");
  }

  /** Settings of the framework that follow from the token service's variables. */
  public static Map<String, String> frameworkSettings(Map<String, String> env) {
    Map<String, String> settings = new HashMap<>();
    if (DropIn.isMeant(env)) {
      DropIn.Listen listen = DropIn.listenAddress(env, new ArrayList<>());
      settings.put("quarkus.http.host", listen.host());
      settings.put("quarkus.http.port", String.valueOf(listen.port()));
    }
    String level =
        LOG_LEVELS.get(env.getOrDefault("LIVEKIT_LOG_LEVEL", "").toLowerCase(Locale.ROOT));
    if (level != null) {
      settings.put("quarkus.log.category.\"dev.weir\".level", level);
    }
    return settings;
  }
}
