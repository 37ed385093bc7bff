package dev.weir.e2e.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.stack.Toolbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** `./weir up` as a person runs it: the script, its output, and what it leaves behind. */
@Tag("browser")
class UpCommandTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern QUICK_START = Pattern.compile("(?m)^ {4}\\./weir up ([^#\\n]*)");

  @TempDir Path temporary;

  @BeforeEach
  void theStackIsHere() {
    Toolbox.missing(System.getenv())
        .ifPresent(missing -> Assumptions.abort("the real stack is not here: " + missing));
  }

  @Test
  void theQuickStartOfTheReadmeShowsACallAndLeavesNothingBehind() throws Exception {
    Matcher quickStart = QUICK_START.matcher(Files.readString(ROOT.resolve("README.md")));
    assertThat(quickStart.find()).as("README.md has a quick start").isTrue();

    Up up = start(quickStart.group(1).strip().split(" +"));
    assertThat(up.process.waitFor(5, TimeUnit.MINUTES)).as("it ends by itself").isTrue();

    assertThat(up.process.exitValue()).as(up.output()).isZero();
    assertThat(up.rowOf("@alice:")).as(up.output()).contains(" a udp/").doesNotContain(" b udp/");
    assertThat(up.rowOf("@bob:")).as(up.output()).contains(" b udp/").doesNotContain(" a udp/");
    assertThat(up.framesOf("@alice:")).as(up.output()).isGreaterThan(100);
    assertThat(up.framesOf("@bob:")).as(up.output()).isGreaterThan(100);
    leftNothing(up);
  }

  @Test
  void withoutWeirTheTableShowsBothClientsAtBothSites() throws Exception {
    Up up = start("--headless", "--no-weir", "--for", "15s");
    assertThat(up.process.waitFor(5, TimeUnit.MINUTES)).isTrue();

    assertThat(up.process.exitValue()).as(up.output()).isZero();
    assertThat(up.rowOf("@alice:")).as(up.output()).contains(" a udp/").contains(" b udp/");
    assertThat(up.rowOf("@bob:")).as(up.output()).contains(" a udp/").contains(" b udp/");
    leftNothing(up);
  }

  @Test
  void endsInOrderWhenItIsToldToEndWhileItStarts() throws Exception {
    Up up = start("--headless");
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> !up.process.isAlive() || up.output().contains("Opening Element Call"));
    up.process.destroy();

    assertThat(up.process.waitFor(1, TimeUnit.MINUTES)).as("ends when told to").isTrue();
    leftNothing(up);
  }

  @Test
  void showsTheLogOfAPartThatCrashes() throws Exception {
    Up up = start("--headless");
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> !up.process.isAlive() || up.output().contains("The call runs"));
    up.process
        .descendants()
        .filter(part -> part.info().command().orElse("").endsWith("livekit-server"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(up.output()))
        .destroyForcibly();

    assertThat(up.process.waitFor(1, TimeUnit.MINUTES)).as("ends by itself").isTrue();
    assertThat(up.process.exitValue()).isEqualTo(1);
    assertThat(up.output()).contains("weir: livekit").contains("the last lines of");
    leftNothing(up);
  }

  private Up start(String... options) throws IOException {
    Path output = temporary.resolve("output.txt");
    String[] command =
        Stream.concat(Stream.of("./weir", "up"), Stream.of(options)).toArray(String[]::new);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temporary);
    return new Up(builder.start(), output);
  }

  /**
   * Temporary data was made in our folder, and every process of the run has our folder in its
   * command line or is a child.
   */
  private void leftNothing(Up up) throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      List<String> names =
          left.map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("weir-") || name.startsWith("playwright"))
              .toList();
      assertThat(names).as("temporary data").isEmpty();
    }
    List<String> alive =
        ProcessHandle.allProcesses()
            .map(process -> process.info().commandLine().orElse(""))
            .filter(line -> line.contains(temporary.toString()) && !line.contains("./weir"))
            .toList();
    assertThat(alive).as("processes that outlived %s", up.process.pid()).isEmpty();
  }

  private record Up(Process process, Path file) {
    String output() {
      try {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      } catch (IOException e) {
        return "(no output: " + e + ")";
      }
    }

    /** The last line that begins with the user: the row of the table. */
    String rowOf(String user) {
      return output()
          .lines()
          .filter(line -> line.strip().startsWith(user) && line.contains("udp/"))
          .reduce("", (first, second) -> second);
    }

    long framesOf(String user) {
      Matcher frames = Pattern.compile("udp/\\d+ +(\\d+) ").matcher(rowOf(user));
      return frames.find() ? Long.parseLong(frames.group(1)) : 0;
    }
  }
}
