package dev.weir.e2e.run;

import dev.weir.e2e.call.CallUser;
import dev.weir.e2e.stack.Toolbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/** Runs of tests leave their logs under target/runs, by the name of the test class. */
public final class TestRuns {
  private TestRuns() {}

  public static Run start(Class<?> test, int sites, boolean peered) {
    Toolbox.missing(System.getenv())
        .ifPresent(missing -> Assumptions.abort("the real stack is not here: " + missing));
    Path folder = Path.of("target", "runs", test.getSimpleName()).toAbsolutePath();
    TemporaryFolder.remove(folder);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Run(Toolbox.of(System.getenv()), folder, sites, peered, true);
  }

  /** Keeps what the clients wrote to their consoles beside the servers' logs. */
  public static void end(@Nullable Run run) {
    if (run == null) {
      return;
    }
    for (CallUser person : run.people().seated()) {
      String name = person.name().substring(1, person.name().indexOf(':'));
      try {
        Files.write(run.logs().resolve("console-" + name + ".log"), person.console());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    run.close();
  }
}
