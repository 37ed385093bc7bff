package dev.weir.relay.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One media thread. Whole connections live on it, so that their state needs no locks. */
public final class EventLoop implements Executor, AutoCloseable {
  /** Larger than any datagram that is accepted. */
  public static final int BUFFER = 2048;

  private final Thread thread;
  private final Selector selector;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final AtomicBoolean wokenUp = new AtomicBoolean();
  private final Consumer<SelectionKey> dispatch = EventLoop::dispatch;
  private final Consumer<Throwable> failures;
  private final ByteBuffer readBuffer = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(BUFFER);
  private final byte[] received = new byte[BUFFER];
  private final byte[] plain = new byte[BUFFER];
  private final byte[] scratch = new byte[BUFFER];
  private volatile boolean closed;
  private long order;

  /** Told when a channel can be read, written or is connected. */
  @FunctionalInterface
  public interface Ready {
    void ready(SelectionKey key);
  }

  /** A task at a time; {@link #cancel} may be called on the loop's thread only. */
  public static final class Timer implements Comparable<Timer> {
    private final long at;
    private final long order;
    private @Nullable Runnable task;

    private Timer(long at, long order, Runnable task) {
      this.at = at;
      this.order = order;
      this.task = task;
    }

    public void cancel() {
      task = null;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(at - other.at, 0);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(order);
    }
  }

  /**
   * @param failures told of exceptions that a task or a handler let escape; the loop goes on
   */
  public EventLoop(String name, Consumer<Throwable> failures) {
    this.failures = failures;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    thread.start();
  }

  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (!inLoop() && wokenUp.compareAndSet(false, true)) {
      selector.wakeup();
    }
  }

  /** Runs a task later; on the loop's thread only. */
  public Timer schedule(long delayNanos, Runnable task) {
    Timer timer = new Timer(System.nanoTime() + delayNanos, order++, task);
    timers.add(timer);
    return timer;
  }

  /** Registers a channel; on the loop's thread only. */
  public SelectionKey register(SelectableChannel channel, int interest, Ready handler)
      throws ClosedChannelException {
    return channel.register(selector, interest, handler);
  }

  /** A direct buffer for reads of the handler that runs now. */
  public ByteBuffer readBuffer() {
    return readBuffer;
  }

  /** A direct buffer for one write. */
  public ByteBuffer writeBuffer() {
    return writeBuffer;
  }

  /** Where the datagram lies that is being handled. */
  public byte[] received() {
    return received;
  }

  /** Where its plain form lies. */
  public byte[] plain() {
    return plain;
  }

  /** For packets that are being made; contents do not outlive the call. */
  public byte[] scratch() {
    return scratch;
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    if (!inLoop()) {
      try {
        thread.join(1000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    while (!closed) {
      try {
        long wait = nextTimer();
        if (wait <= 0 || !tasks.isEmpty()) {
          selector.selectNow(dispatch);
        } else {
          selector.select(dispatch, Math.max(1, wait / 1_000_000));
        }
      } catch (IOException | RuntimeException e) {
        failures.accept(e);
      }
      wokenUp.set(false);
      runTasks();
      runTimers();
    }
    for (SelectionKey key : selector.keys()) {
      closeQuietly(key);
    }
    try {
      selector.close();
    } catch (IOException e) {
      failures.accept(e);
    }
  }

  private void closeQuietly(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      failures.accept(e);
    }
  }

  private static void dispatch(SelectionKey key) {
    try {
      ((Ready) key.attachment()).ready(key);
    } catch (CancelledKeyException e) {
      // The handler, or one before it in this round, closed the channel.
      key.attach(null);
    }
  }

  private long nextTimer() {
    Timer first = timers.peek();
    return first == null ? 100_000_000L : first.at - System.nanoTime();
  }

  private void runTasks() {
    // Bounded, so that a flood of tasks cannot starve the sockets.
    for (int i = 0; i < 1024; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      runSafely(task);
    }
  }

  private void runTimers() {
    long now = System.nanoTime();
    for (Timer first = timers.peek(); first != null && first.at - now <= 0; first = timers.peek()) {
      timers.poll();
      Runnable task = first.task;
      if (task != null) {
        runSafely(task);
      }
    }
  }

  private void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      failures.accept(e);
    }
  }
}
