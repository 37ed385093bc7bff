package dev.weir.service.gate;

import dev.weir.service.net.Exchange;
import dev.weir.session.move.NodeWatch.Reach;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks a node for a sign of life: any HTTP answer is one (its {@code /} says 406 when only its own
 * statistics are stale). A TCP connection alone is none: the kernel accepts it for a frozen process
 * too.
 */
class NodeProbe {

  /** The answer is only a sign of life. */
  private static final int MOST_BYTES = 4096;

  private final HttpClient client;
  private final Map<URI, Pulse> pulses = new ConcurrentHashMap<>();

  NodeProbe(Vertx vertx) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(Math.toIntExact(Pulse.LONGEST.toMillis()))
                .setKeepAlive(false),
            new PoolOptions().setHttp1MaxSize(64));
  }

  /** Empty when the finding says more about us than about the node. */
  Future<Optional<Reach>> probe(URI signalling) {
    Pulse pulse = pulse(signalling);
    Duration patience = pulse.patience();
    long began = System.nanoTime();
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(signalling.getHost())
            .setPort(BackendDial.port(signalling))
            .setSsl(BackendDial.secure(signalling))
            .setURI("/")
            .setTimeout(patience.toMillis());
    return Exchange.of(client, request, MOST_BYTES)
        .map(
            alive -> {
              pulse.answered(Duration.ofNanos(System.nanoTime() - began));
              return Optional.of(Reach.REACHED);
            })
        .otherwise(
            cause -> {
              // A process that was starved itself has not listened: its silence is no evidence.
              long late = System.nanoTime() - began - patience.toNanos();
              return late > patience.toNanos() / 3
                  ? Optional.empty()
                  : Optional.of(unreached(cause));
            });
  }

  /** How long the node must be silent to be believed dead. */
  Duration silence(URI signalling) {
    return pulse(signalling).silence();
  }

  /** Forgets nodes that are not there any more. */
  void keepOnly(Collection<URI> nodes) {
    pulses.keySet().retainAll(nodes);
  }

  private Pulse pulse(URI signalling) {
    return pulses.computeIfAbsent(signalling, fresh -> new Pulse());
  }

  private static Reach unreached(Throwable cause) {
    for (Throwable at = cause; at != null; at = at.getCause()) {
      if (at instanceof ConnectException && String.valueOf(at.getMessage()).contains("refused")) {
        return Reach.REFUSED;
      }
    }
    return Reach.SILENT;
  }
}
