package dev.weir.e2e.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where the programs are that a run needs. `./weir` brings them and says so in the environment. */
public record Toolbox(
    Path livekit, Path synapsePython, Path web, Path chromium, Path java, Path routerJar) {

  /** Names what is missing, or empty when everything is there. */
  public static Optional<String> missing(Map<String, String> environment) {
    List<String> missing = new ArrayList<>();
    for (String name :
        List.of(
            "WEIR_LIVEKIT_SERVER",
            "WEIR_SYNAPSE_PYTHON",
            "WEIR_WEB",
            "WEIR_CHROMIUM",
            "WEIR_ROUTER_JAR")) {
      String path = environment.get(name);
      if (path == null || !Files.exists(Path.of(path))) {
        missing.add(name);
      }
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("not set or not there: " + String.join(", ", missing) + " (see ./weir env)");
  }

  public static Toolbox of(Map<String, String> environment) {
    missing(environment)
        .ifPresent(
            what -> {
              throw new IllegalStateException(what);
            });
    return new Toolbox(
        path(environment, "WEIR_LIVEKIT_SERVER"),
        path(environment, "WEIR_SYNAPSE_PYTHON"),
        path(environment, "WEIR_WEB"),
        path(environment, "WEIR_CHROMIUM"),
        Path.of(System.getProperty("java.home"), "bin", "java"),
        path(environment, "WEIR_ROUTER_JAR"));
  }

  private static Path path(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null) {
      throw new IllegalStateException(name + " is not set");
    }
    return Path.of(value).toAbsolutePath();
  }
}
