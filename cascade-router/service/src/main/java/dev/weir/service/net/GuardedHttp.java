package dev.weir.service.net;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Small requests to hosts that somebody else named. Every connection goes to an address that the
 * guard has passed after DNS (so a name that changes its address between the two gains nothing);
 * time, size, redirects and the number of requests under way are bounded; connections are pooled.
 */
public final class GuardedHttp implements AutoCloseable {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(5);
  private static final int SIZE_LIMIT = 64 * 1024;
  private static final int MAX_REDIRECTS = 5;
  private static final int CONNECTIONS_PER_HOST = 32;

  /** What came back: status, body, and for how long the sender says it may be kept. */
  public record Answer(int status, String body, Optional<Duration> maxAge) {}

  private final Dns dns;
  private final AddressGuard guard;
  private final HttpClient client;
  private final Turns turns;

  /** For hosts that strangers name: no single one may take up all of our requests. */
  public GuardedHttp(Vertx vertx, Dns dns, AddressGuard guard, boolean verifyTls) {
    this(vertx, dns, guard, verifyTls, Turns.amongStrangers());
  }

  GuardedHttp(Vertx vertx, Dns dns, AddressGuard guard, boolean verifyTls, Turns turns) {
    this.turns = turns;
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
      Reply reply =
          exchange(new Endpoint(host, port, tls, host, at.getRawAuthority()), Question.get(target));
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
    return exchange(endpoint, Question.get(pathAndQuery)).answer();
  }

  /**
   * Sends a request below a base URL; a redirect is answered as it is.
   *
   * @param target path and query, to be put behind the base URL's own path
   */
  public Answer send(
      String method, URI base, String target, Map<String, String> headers, String body)
      throws IOException {
    String host = Optional.ofNullable(base.getHost()).orElseThrow(() -> new IOException("no host"));
    boolean tls = "https".equals(base.getScheme());
    int port = base.getPort() > 0 ? base.getPort() : tls ? 443 : 80;
    String prefix = Optional.ofNullable(base.getRawPath()).orElse("").replaceAll("/+$", "");
    return exchange(
            new Endpoint(host, port, tls, host, base.getRawAuthority()),
            new Question(HttpMethod.valueOf(method), prefix + target, headers, body))
        .answer();
  }

  private record Question(
      HttpMethod method, String target, Map<String, String> headers, String body) {
    static Question get(String target) {
      return new Question(HttpMethod.GET, target, Map.of(), "");
    }
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

  private Reply exchange(Endpoint endpoint, Question question) throws IOException {
    InetAddress address = guarded(endpoint.dialHost());
    try (var turn = turns.take(endpoint.hostHeader())) {
      CompletableFuture<Reply> reply =
          Exchange.of(
                  client,
                  options(endpoint, address, question),
                  Buffer.buffer(question.body()),
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
    }
  }

  private static RequestOptions options(Endpoint endpoint, InetAddress address, Question question) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(question.method())
            .setServer(SocketAddress.inetSocketAddress(endpoint.port(), address.getHostAddress()))
            .setHost(withoutBrackets(endpoint.tlsName()))
            .setPort(endpoint.port())
            .setSsl(endpoint.tls())
            .setURI(question.target())
            .putHeader("host", endpoint.hostHeader())
            .putHeader("accept", "application/json")
            .setTimeout(TIME_LIMIT.toMillis());
    question.headers().forEach(options::putHeader);
    return options;
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
