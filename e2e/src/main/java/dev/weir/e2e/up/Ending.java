package dev.weir.e2e.up;

import dev.weir.e2e.run.TemporaryFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How a run ends, whoever ends it. Ctrl-C and `kill` ask the main thread to end in order; if it
 * does not, everything that this process started is killed. The temporary folder goes last, in
 * every case.
 */
final class Ending {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Path folder;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean wanted;

  Ending(Path folder) {
    this.folder = folder;
  }

  /** True once the person wants the run to end. */
  boolean wanted() {
    return wanted;
  }

  /** Called when everything has been closed. */
  void done() {
    done.countDown();
  }

  /** The shutdown hook. */
  void fromOutside() {
    wanted = true;
    try {
      if (!done.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("weir: ending what is left by force");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<ProcessHandle> left = ProcessHandle.current().descendants().toList();
    left.forEach(ProcessHandle::destroyForcibly);
    left.forEach(
        handle -> handle.onExit().orTimeout(2, TimeUnit.SECONDS).exceptionally(e -> handle).join());
    TemporaryFolder.remove(folder);
  }
}
