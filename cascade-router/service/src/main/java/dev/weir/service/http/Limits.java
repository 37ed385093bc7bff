package dev.weir.service.http;

import dev.weir.service.config.Configuration;
import dev.weir.service.net.Buckets;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;

/**
 * Bounds what clients can ask for. Behind an ingress all clients have one address, so the bound for
 * an address is generous: 500 people who join one meeting from one office ask about 2,000 times in
 * the first seconds. What is asked of a stranger's homeserver in its users' names is bounded too,
 * or we would be the hammer for somebody who does not like it. Users are bounded where it is proven
 * who they are.
 */
@Singleton
final class Limits {
  static final Duration RETRY = Duration.ofSeconds(2);
  private static final int AT_ONCE = 2_000;

  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Buckets addresses;
  private final Buckets homeservers;
  private final Configuration configuration;
  private final MeterRegistry meters;

  Limits(Configuration configuration, InstantSource clock, MeterRegistry meters) {
    this.configuration = configuration;
    this.addresses = new Buckets(500, 5_000, clock);
    this.homeservers = new Buckets(50, 1_000, clock);
    this.meters = meters;
  }

  /** A request that is being worked on. */
  interface Admitted extends AutoCloseable {
    @Override
    void close();
  }

  Admitted admit(HttpServerRequest request) throws ApiError {
    SocketAddress remote = request.remoteAddress();
    if (!addresses.take(remote == null ? "" : String.valueOf(remote.hostAddress()))) {
      throw refused("address");
    }
    if (!free.tryAcquire()) {
      throw refused("concurrency");
    }
    return free::release;
  }

  /** A homeserver is about to be asked about a token of its own. */
  void homeserver(String serverName) throws ApiError {
    boolean ours =
        configuration.current().all().stream()
            .anyMatch(home -> home.servers().contains(serverName));
    if (!ours && !homeservers.take(serverName)) {
      throw refused("homeserver");
    }
  }

  /** A proven user has asked too often. */
  ApiError user() {
    return refused("user");
  }

  private ApiError refused(String limit) {
    meters.counter("weir.token.limited", "limit", limit).increment();
    return ApiError.tooMany(RETRY);
  }
}
