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
  private static final Duration GONE = Duration.ofSeconds(2);

  private final Program program;
  private final Process process;
  private final Path log;
  private final Duration grace;
  private final AtomicBoolean endWanted = new AtomicBoolean();
  private List<ProcessHandle> children = List.of();

  Running(Program program, Process process, Path log, Duration grace) {
    this.program = program;
    this.process = process;
    this.log = log;
    this.grace = grace;
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
    // Remembered: the children of a program that has ended can no longer be found by it.
    children = process.descendants().toList();
    children.forEach(ProcessHandle::destroy);
    process.destroy();
  }

  void awaitEnd() {
    try {
      if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    killChildren();
  }

  /** As `kill -9`: what a crash of the machine's part looks like to the others. */
  public void kill() {
    endWanted.set(true);
    children = process.descendants().toList();
    process.destroyForcibly();
    killChildren();
  }

  private void killChildren() {
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
    for (ProcessHandle child : children) {
      child.onExit().completeOnTimeout(child, GONE.toMillis(), TimeUnit.MILLISECONDS).join();
    }
  }
}
