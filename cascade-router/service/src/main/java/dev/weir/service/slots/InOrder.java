package dev.weir.service.slots;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/** Runs tasks of one key one after the other, tasks of different keys side by side. */
final class InOrder implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(InOrder.class);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Object, Queue<Runnable>> waiting = new HashMap<>();

  void run(Object key, Runnable task) {
    synchronized (waiting) {
      Queue<Runnable> queue = waiting.get(key);
      if (queue != null) {
        queue.add(task);
        return;
      }
      queue = new ArrayDeque<>();
      queue.add(task);
      waiting.put(key, queue);
    }
    var unused = threads.submit(() -> drain(key));
  }

  private void drain(Object key) {
    while (true) {
      Runnable task;
      synchronized (waiting) {
        Queue<Runnable> queue = waiting.get(key);
        task = queue == null ? null : queue.poll();
        if (task == null) {
          waiting.remove(key);
          return;
        }
      }
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.error("event=listener-failed", e);
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
