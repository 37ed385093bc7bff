package dev.weir.relay.session;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs tasks one at a time in their order; what it guards needs no locks. */
public final class Mailbox implements Executor {
  private final Executor threads;
  private final ScheduledExecutorService clock;
  private final Consumer<Throwable> failures;
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean running;
  private boolean closed;

  public Mailbox(Executor threads, ScheduledExecutorService clock, Consumer<Throwable> failures) {
    this.threads = threads;
    this.clock = clock;
    this.failures = failures;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (tasks) {
      if (closed) {
        return;
      }
      tasks.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    threads.execute(this::drain);
  }

  /** Runs the task later, unless the mailbox is closed or the future cancelled by then. */
  public ScheduledFuture<?> later(long millis, Runnable task) {
    return clock.schedule(() -> execute(task), millis, TimeUnit.MILLISECONDS);
  }

  /** Forgets what waits and accepts no more. */
  public void close() {
    synchronized (tasks) {
      closed = true;
      tasks.clear();
    }
  }

  private void drain() {
    while (true) {
      Runnable task = next();
      if (task == null) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        failures.accept(e);
      }
    }
  }

  private @Nullable Runnable next() {
    synchronized (tasks) {
      Runnable task = tasks.poll();
      running = task != null;
      return task;
    }
  }
}
