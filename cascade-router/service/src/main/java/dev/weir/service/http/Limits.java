package dev.weir.service.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/**
 * Bounds what clients can ask for. Behind an ingress all clients have one address, so the bound for
 * an address is generous: 500 people who join one meeting from one office ask about 2,000 times in
 * the first seconds.
 */
@Singleton
final class Limits {
  static final Duration RETRY = Duration.ofSeconds(2);
  private static final int AT_ONCE = 2_000;
  private static final double PER_SECOND = 500;
  private static final double BURST = 5_000;

  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Cache<String, Bucket> addresses =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterAccess(Duration.ofMinutes(5)).build();
  private final InstantSource clock;
  private final MeterRegistry meters;

  Limits(InstantSource clock, MeterRegistry meters) {
    this.clock = clock;
    this.meters = meters;
  }

  /** A request that is being worked on. */
  interface Admitted extends AutoCloseable {
    @Override
    void close();
  }

  private static final class Bucket {
    private double tokens;
    private Instant at;

    Bucket(double tokens, Instant at) {
      this.tokens = tokens;
      this.at = at;
    }

    synchronized boolean take(Instant now) {
      double since = Duration.between(at, now).toNanos() / 1e9;
      tokens = Math.min(BURST, tokens + Math.max(0, since) * PER_SECOND);
      at = now;
      if (tokens < 1) {
        return false;
      }
      tokens--;
      return true;
    }
  }

  Admitted admit(HttpServerRequest request) throws ApiError {
    SocketAddress remote = request.remoteAddress();
    String address = remote == null ? "" : String.valueOf(remote.hostAddress());
    Bucket bucket = addresses.get(address, any -> new Bucket(BURST, clock.instant()));
    if (!bucket.take(clock.instant())) {
      throw refused("address");
    }
    if (!free.tryAcquire()) {
      throw refused("concurrency");
    }
    return free::release;
  }

  private ApiError refused(String limit) {
    meters.counter("weir.token.limited", "limit", limit).increment();
    return ApiError.tooMany(RETRY);
  }
}
