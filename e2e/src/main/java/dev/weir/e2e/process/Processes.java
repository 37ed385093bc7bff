package dev.weir.e2e.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** All programs of one run. Closing ends every one of them, the youngest first. */
public final class Processes implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private static final Duration GRACE = Duration.ofSeconds(8);

  private final Path logs;
  private final Duration grace;
  private final List<Running> started = new ArrayList<>();
  private boolean closed;

  public Processes(Path logs) {
    this(logs, GRACE);
  }

  /**
   * @param grace how long programs may take to end before they are killed
   */
  Processes(Path logs, Duration grace) {
    this.logs = logs;
    this.grace = grace;
  }

  public synchronized Running start(Program program) {
    if (closed) {
      throw new ProgramFailed("the run ends: " + program.name() + " was not started");
    }
    Path log = logs.resolve(program.name().replace(' ', '-') + ".log");
    try {
      Files.createDirectories(logs);
      ProcessBuilder builder =
          new ProcessBuilder(program.command())
              .directory(program.folder().toFile())
              .redirectErrorStream(true)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(program.environment());
      Running running = new Running(program, builder.start(), log, grace);
      started.add(running);
      return running;
    } catch (IOException e) {
      throw new ProgramFailed("could not start " + program.name() + ": " + e.getMessage(), e);
    }
  }

  /** Waits until the probe says yes; a program that ends before that shows its log. */
  public void awaitReady(Running running, Duration patience, BooleanSupplier probe) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!probe.getAsBoolean()) {
      if (!running.isAlive()) {
        throw new ProgramFailed(running.lastWords());
      }
      if (System.nanoTime() > deadline) {
        throw new ProgramFailed(
            "not ready after " + patience.toSeconds() + " s: " + running.lastWords());
      }
      pause();
    }
  }

  /** The first program that ended although nobody asked for it. */
  public synchronized Optional<Running> crashed() {
    return started.stream().filter(Running::crashed).findFirst();
  }

  @Override
  public void close() {
    List<Running> running;
    synchronized (this) {
      closed = true;
      running = new ArrayList<>(started.reversed());
      started.clear();
    }
    running.forEach(Running::askToEnd);
    running.forEach(Running::awaitEnd);
  }

  private static void pause() {
    try {
      Thread.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProgramFailed("interrupted while waiting for a program", e);
    }
  }
}
