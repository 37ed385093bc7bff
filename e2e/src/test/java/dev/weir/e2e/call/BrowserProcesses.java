package dev.weir.e2e.call;

import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.run.Run;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The processes of one person's browser, for what can happen to them from outside. */
final class BrowserProcesses {
  private final ProcessHandle main;

  private BrowserProcesses(ProcessHandle main) {
    this.main = main;
  }

  /** A person, and where their browser is. */
  record Seated(CallUser person, BrowserProcesses browser) {}

  static Seated seat(Run run, MatrixUser user, ElementCall build) {
    Set<Long> before = browsers().map(ProcessHandle::pid).collect(Collectors.toSet());
    CallUser person = run.seat(user, build);
    ProcessHandle main =
        browsers()
            .filter(process -> !before.contains(process.pid()))
            .filter(process -> process.parent().filter(BrowserProcesses::isBrowser).isEmpty())
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the browser has no process"));
    return new Seated(person, new BrowserProcesses(main));
  }

  private static Stream<ProcessHandle> browsers() {
    return ProcessHandle.current().descendants().filter(BrowserProcesses::isBrowser);
  }

  private static boolean isBrowser(ProcessHandle process) {
    return process.info().command().filter(command -> command.contains("chrom")).isPresent();
  }

  /** Stands still, as a laptop that sleeps. */
  void stop() throws IOException, InterruptedException {
    signal("STOP");
  }

  void goOn() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** Is gone without a word. */
  void kill() throws IOException, InterruptedException {
    signal("KILL");
  }

  private void signal(String name) throws IOException, InterruptedException {
    String pids =
        Stream.concat(Stream.of(main), main.descendants())
            .map(process -> String.valueOf(process.pid()))
            .collect(Collectors.joining(" "));
    new ProcessBuilder("sh", "-c", "kill -" + name + " " + pids).start().waitFor();
  }
}
