package dev.weir.operator.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The chart, rendered by a real helm. */
final class Chart {
  static final Path FOLDER = Path.of("../charts/weir");

  /** What helm said. */
  record Output(int code, String text) {}

  private Chart() {}

  static Output template(String... values) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "template", "w", FOLDER.toString(), "--namespace=weir", "--kube-version=v1.34.0"));
    for (String value : values) {
      arguments.add("--set");
      arguments.add(value);
    }
    return helm(arguments);
  }

  static Output lint() {
    return helm(List.of("lint", FOLDER.toString(), "--strict"));
  }

  private static Output helm(List<String> arguments) {
    Path helm = ApiServer.binaries().resolve("helm");
    Assumptions.assumeTrue(
        Files.isExecutable(helm), () -> helm + " is missing: run e2e/cluster/build.sh chart");
    List<String> command = new ArrayList<>(List.of(helm.toString()));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Output(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
