package dev.weir.e2e.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
  @TempDir Path folder;

  @Test
  void endsEveryProgramAndWhatItStarted() {
    Running running;
    long child;
    try (Processes processes = new Processes(folder)) {
      running = processes.start(shell("sleep 300 & echo started; wait"));
      processes.awaitReady(
          running, Duration.ofSeconds(10), () -> running.logTail(1).equals("started"));
      child =
          ProcessHandle.of(running.pid())
              .orElseThrow()
              .descendants()
              .findFirst()
              .orElseThrow()
              .pid();
    }
    assertThat(running.isAlive()).isFalse();
    assertThat(ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void insistsWhenAProgramDoesNotWantToEnd() {
    Running running;
    try (Processes processes = new Processes(folder, Duration.ofMillis(200))) {
      running = processes.start(shell("trap '' TERM; echo started; while :; do sleep 1; done"));
      processes.awaitReady(
          running, Duration.ofSeconds(10), () -> running.logTail(1).equals("started"));
    }
    assertThat(running.isAlive()).isFalse();
  }

  @Test
  void showsTheLastLinesOfAProgramThatEndsBeforeItIsReady() {
    try (Processes processes = new Processes(folder)) {
      Running running = processes.start(shell("echo the port is taken; exit 3"));
      assertThatThrownBy(() -> processes.awaitReady(running, Duration.ofSeconds(10), () -> false))
          .isInstanceOf(ProgramFailed.class)
          .hasMessageContaining("status 3")
          .hasMessageContaining("the port is taken");
    }
  }

  @Test
  void tellsACrashFromAnEndThatWasAskedFor() {
    try (Processes processes = new Processes(folder)) {
      Running ended = processes.start(shell("sleep 300"));
      ended.end();
      assertThat(processes.crashed()).isEmpty();

      Running crashes = processes.start(shell("exit 1"));
      await().untilAsserted(() -> assertThat(processes.crashed()).contains(crashes));
    }
  }

  private Program shell(String script) {
    return new Program("script", folder, "/bin/sh", "-c", script);
  }
}
