package dev.weir.e2e.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A program that was started. Ending it ends what it started, too. */
public final class Running {
  private static final Duration GRACE = Duration.ofSeconds(8);

  private final Program program;
  private final Process process;
  private final Path log;
  private final AtomicBoolean endWanted = new AtomicBoolean();

  Running(Program program, Process process, Path log) {
    this.program = program;
    this.process = process;
    this.log = log;
  }

  public Program program() {
    return program;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public Path log() {
    return log;
  }

  /** Ended, although nobody here asked for it. */
  boolean crashed() {
    return !process.isAlive() && !endWanted.get();
  }

  /** A few lines that tell a person how it ended. */
  public String lastWords() {
    String how =
        process.isAlive() ? "is still running" : "ended with status " + process.exitValue();
    return program.name() + " " + how + "; the last lines of " + log + ":\n" + logTail(25);
  }

  public String logTail(int lines) {
    try {
      List<String> all =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(no log: " + e.getMessage() + ")";
    }
  }

  /** Asks politely, then insists. */
  public void end() {
    askToEnd();
    awaitEnd();
  }

  void askToEnd() {
    endWanted.set(true);
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }

  void awaitEnd() {
    // Taken before the wait: children of a process that has ended can no longer be found by it.
    List<ProcessHandle> descendants = process.descendants().toList();
    try {
      if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /** As `kill -9`: what a crash of the machine's part looks like to the others. */
  public void kill() {
    endWanted.set(true);
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }
}
