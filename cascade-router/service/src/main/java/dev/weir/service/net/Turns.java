package dev.weir.service.net;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Bounds the requests under way, in all and for each host: a host that answers slowly keeps only
 * its own callers waiting. Whoever finds no turn waits for one, but not for long.
 */
final class Turns {
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private final Semaphore all;
  private final int perHost;
  private final Cache<String, Semaphore> hosts =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(5)).build();

  Turns(int all, int perHost) {
    this.all = new Semaphore(all);
    this.perHost = perHost;
  }

  static Turns amongStrangers() {
    return new Turns(512, 64);
  }

  /** For hosts that the admin named: only the connections to each of them are bounded. */
  static Turns amongOurs() {
    return new Turns(2048, 2048);
  }

  /** A request that may be sent. */
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  Turn take(String host) throws IOException {
    Semaphore ofHost = hosts.get(host, any -> new Semaphore(perHost));
    acquire(ofHost);
    try {
      acquire(all);
    } catch (IOException e) {
      ofHost.release();
      throw e;
    }
    return () -> {
      all.release();
      ofHost.release();
    };
  }

  private static void acquire(Semaphore semaphore) throws IOException {
    try {
      if (!semaphore.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("too many requests under way");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
