package dev.weir.e2e.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Runs last, over what the other tests left: each run wrote down every secret that it made or that
 * its clients were given, and none of them may stand in the log of any server. (A client's own
 * console may hold the client's own tokens.)
 */
@Tag("secrets")
class NoSecretInLogsTest {
  private static final Path RUNS = Path.of("target", "runs");

  @Test
  void noServerOfAnyRunWroteASecret() throws IOException {
    Map<String, String> secrets = new LinkedHashMap<>();
    for (Path file : files("secrets.tsv")) {
      for (String line : Files.readAllLines(file)) {
        String[] nameAndSecret = line.split("\t", 2);
        secrets.put(nameAndSecret[1], nameAndSecret[0]);
      }
    }
    assertThat(secrets).as("secrets of the runs in %s", RUNS).hasSizeGreaterThan(10);
    List<String> found = new ArrayList<>();
    List<Path> logs =
        files(".log").stream()
            .filter(log -> !log.getFileName().toString().startsWith("console-"))
            .toList();
    for (Path log : logs) {
      String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
      secrets.forEach(
          (secret, name) -> {
            if (text.contains(secret)) {
              found.add(RUNS.relativize(log) + " holds the " + name);
            }
          });
    }
    assertThat(logs).as("logs that were searched").isNotEmpty();
    assertThat(found).as("secrets in logs").isEmpty();
  }

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(RUNS)) {
      return all.filter(file -> file.getFileName().toString().endsWith(ending)).toList();
    }
  }
}
