package dev.weir.service.http;

import java.time.Duration;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Counts the requests that are being answered. */
final class UnderWay {
  private final Phaser requests = new Phaser(1);

  /** A request that is being answered. */
  interface Request extends AutoCloseable {
    @Override
    void close();
  }

  Request begin() {
    requests.register();
    return requests::arriveAndDeregister;
  }

  /** Waits until none is left, or until the patience is over. */
  void awaitNone(Duration patience) {
    try {
      requests.awaitAdvanceInterruptibly(
          requests.arrive(), patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // Each has its own time limit, and its client tries again.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
