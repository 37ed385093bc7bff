package dev.weir.service.net;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Small GET requests to hosts that somebody else named. Every connection goes to an address that
 * the guard has passed after DNS (so a name that changes its address between the two gains
 * nothing); time, size, redirects and the number of requests under way are bounded; connections are
 * pooled.
 */
public final class GuardedHttp implements AutoCloseable {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
  private static final int SIZE_LIMIT = 64 * 1024;
  private static final int MAX_REDIRECTS = 5;
  private static final int MAX_UNDER_WAY = 512;
  private static final int CONNECTIONS_PER_HOST = 32;

  /** What came back: status, body, and for how long the sender says it may be kept. */
  public record Answer(int status, String body, Optional<Duration> maxAge) {}

  private final Dns dns;
  private final AddressGuard guard;
  private final HttpClient client;
  private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);

  public GuardedHttp(Vertx vertx, Dns dns, AddressGuard guard, boolean verifyTls) {
    this.dns = dns;
    this.guard = guard;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) TIME_LIMIT.toMillis())
                .setKeepAliveTimeout(60)
                .setTrustAll(!verifyTls)
                .setVerifyHost(verifyTls)
                .setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_HOST).setMaxWaitQueueSize(1024));
  }

  /** Fetches a URL, following redirects of the same scheme. */
  public Answer get(URI url) throws IOException {
    URI at = url;
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      String host = Optional.ofNullable(at.getHost()).orElseThrow(() -> new IOException("no host"));
      boolean tls = "https".equals(at.getScheme());
      if (!tls && !"http".equals(at.getScheme())) {
        throw new IOException("not an HTTP URL");
      }
      int port = at.getPort() > 0 ? at.getPort() : tls ? 443 : 80;
      String path = at.getRawPath().isEmpty() ? "/" : at.getRawPath();
      String target = at.getRawQuery() == null ? path : path + "?" + at.getRawQuery();
      Reply reply = exchange(new Endpoint(host, port, tls, host, at.getRawAuthority()), target);
      if (reply.location().isEmpty()) {
        return reply.answer();
      }
      URI next = at.resolve(reply.location().get());
      if (!String.valueOf(next.getScheme()).equals(at.getScheme())) {
        throw new IOException("redirect to another scheme");
      }
      at = next;
    }
    throw new IOException("too many redirects");
  }

  /** Fetches a path of one endpoint; a redirect is answered as it is. */
  public Answer get(Endpoint endpoint, String pathAndQuery) throws IOException {
    return exchange(endpoint, pathAndQuery).answer();
  }

  /**
   * Where to connect, and as whom.
   *
   * @param dialHost what DNS is asked for
   * @param tlsName the name that the certificate must prove
   * @param hostHeader what the request says
   */
  public record Endpoint(
      String dialHost, int port, boolean tls, String tlsName, String hostHeader) {}

  private record Reply(Answer answer, Optional<String> location) {}

  private Reply exchange(Endpoint endpoint, String target) throws IOException {
    InetAddress address = guarded(endpoint.dialHost());
    if (!underWay.tryAcquire()) {
      throw new IOException("too many requests under way");
    }
    try {
      CompletableFuture<Reply> reply =
          Exchange.of(
                  client,
                  new RequestOptions()
                      .setMethod(HttpMethod.GET)
                      .setServer(
                          SocketAddress.inetSocketAddress(
                              endpoint.port(), address.getHostAddress()))
                      .setHost(withoutBrackets(endpoint.tlsName()))
                      .setPort(endpoint.port())
                      .setSsl(endpoint.tls())
                      .setURI(target)
                      .putHeader("host", endpoint.hostHeader())
                      .putHeader("accept", "application/json")
                      .setTimeout(TIME_LIMIT.toMillis()),
                  SIZE_LIMIT)
              .map(GuardedHttp::reply)
              .toCompletionStage()
              .toCompletableFuture();
      return reply.get(TIME_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("no answer from " + endpoint.dialHost(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      underWay.release();
    }
  }

  private static Reply reply(Exchange.Whole whole) {
    int status = whole.status();
    boolean redirect = status == 301 || status == 302 || status == 307 || status == 308;
    return new Reply(
        new Answer(status, whole.body().toString(StandardCharsets.UTF_8), maxAge(whole)),
        redirect ? Optional.ofNullable(whole.headers().get("location")) : Optional.empty());
  }

  private static Optional<Duration> maxAge(Exchange.Whole whole) {
    String control = whole.headers().get("cache-control");
    if (control == null) {
      return Optional.empty();
    }
    for (String directive : control.split(",")) {
      String text = directive.strip();
      if (text.matches("max-age=\\d{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(text.substring("max-age=".length()))));
      }
    }
    return Optional.empty();
  }

  private InetAddress guarded(String host) throws IOException {
    List<InetAddress> addresses;
    try {
      addresses = dns.addresses(withoutBrackets(host));
    } catch (UnknownHostException e) {
      throw new IOException("unknown host " + host, e);
    }
    return addresses.stream()
        .filter(guard::permits)
        .findFirst()
        .orElseThrow(() -> new IOException("address of " + host + " is not public"));
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  @Override
  public void close() {
    client.close();
  }
}
