package dev.weir.service.delegation.homeserver;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weir.service.delegation.HomeserverCalls.Outcome;
import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.Dns;
import dev.weir.service.net.Exchange;
import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.Verb;
import io.vertx.core.Future;
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
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Restarts, sends and cancels delayed events (MSC4140) at homeservers. As an application service it
 * acts for the user, and so with the user's own quota; else without authentication, and then the
 * homeserver limits us by address.
 */
public final class DelayedEvents implements AutoCloseable {
  private static final Duration KEEP_PATH = Duration.ofHours(1);
  private static final Duration KEEP_ADDRESS = Duration.ofMinutes(1);
  private static final Duration WITHOUT_TOKEN = Duration.ofMinutes(10);
  private static final Logger LOG = Logger.getLogger(DelayedEvents.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_BYTES = 64 * 1024;
  private static final Buffer EMPTY_OBJECT = Buffer.buffer("{}");

  /** The two places where homeservers have these endpoints. */
  private enum Path {
    STABLE("/_matrix/client/v1/delayed_events/"),
    UNSTABLE("/_matrix/client/unstable/org.matrix.msc4140/delayed_events/");

    private final String start;

    Path(String start) {
      this.start = start;
    }

    private Path other() {
      return this == STABLE ? UNSTABLE : STABLE;
    }
  }

  private record Until<T>(T value, long until) {}

  private final ClientApis apis;
  private final Dns dns;
  private final AddressGuard guard;
  private final InstantSource clock;
  private final LongSupplier now;
  private final HttpClient client;
  private final Map<URI, Until<Path>> paths = new ConcurrentHashMap<>();
  private final Map<String, Until<InetAddress>> addresses = new ConcurrentHashMap<>();
  private final Map<String, Long> tokenRefusedUntil = new ConcurrentHashMap<>();
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param clock wall-clock time, for what others say in dates
   * @param now the time line of the jobs
   */
  public DelayedEvents(
      Vertx vertx,
      ClientApis apis,
      Dns dns,
      AddressGuard guard,
      InstantSource clock,
      LongSupplier now,
      boolean verifyTls) {
    this.apis = apis;
    this.dns = dns;
    this.guard = guard;
    this.clock = clock;
    this.now = now;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout(3_000)
                .setKeepAliveTimeout(60)
                .setTrustAll(!verifyTls)
                .setVerifyHost(verifyTls),
            new PoolOptions().setHttp1MaxSize(Pacer.MOST).setMaxWaitQueueSize(4 * Pacer.MOST));
  }

  /** Never blocks; the consumer is called once, on any thread. */
  public void call(
      Target target,
      String user,
      String delayId,
      Verb verb,
      long timeoutMillis,
      Consumer<Outcome> then) {
    Optional<ClientApis.Base> base = apis.cached(target);
    Optional<Path> path = base.flatMap(known -> cachedPath(known.url()));
    if (base.isPresent() && path.isPresent() && addressKnown(base.get())) {
      post(target, base.get(), path.get(), user, delayId, verb, timeoutMillis, then);
      return;
    }
    blocking.execute(
        () -> {
          try {
            Optional<ClientApis.Base> found = apis.find(target).filter(this::resolve);
            if (found.isPresent()) {
              Path way = findPath(found.get());
              post(target, found.get(), way, user, delayId, verb, timeoutMillis, then);
              return;
            }
          } catch (RuntimeException e) {
            // Whatever it was: a job that is never answered would never call again.
            LOG.warn("event=delayed_event_call_failed", e);
          }
          then.accept(new Outcome(new Answer.Failed(), false));
        });
  }

  private void post(
      Target target,
      ClientApis.Base base,
      Path path,
      String user,
      String delayId,
      Verb verb,
      long timeoutMillis,
      Consumer<Outcome> then) {
    Optional<String> token = target.asToken().filter(any -> tokenWorks(target));
    String uri =
        path.start
            + encode(delayId)
            + "/"
            + verb.path()
            + (token.isPresent() ? "?user_id=" + encode(user) : "");
    RequestOptions options = options(base, HttpMethod.POST, uri, timeoutMillis);
    options.putHeader("content-type", "application/json");
    token.ifPresent(value -> options.putHeader("authorization", "Bearer " + value));
    Exchange.of(client, options, EMPTY_OBJECT, MOST_BYTES)
        .map(answer -> read(target, base, path, token, answer))
        .onComplete(
            done ->
                then.accept(
                    done.succeeded() ? done.result() : new Outcome(new Answer.Failed(), false)));
  }

  private Outcome read(
      Target target,
      ClientApis.Base base,
      Path path,
      Optional<String> token,
      Exchange.Whole answer) {
    int status = answer.status();
    if (status >= 200 && status < 300) {
      return new Outcome(new Answer.Done(), false);
    }
    JsonNode json = json(answer.body());
    String errcode = json.path("errcode").asText("");
    return switch (status) {
      case 404 -> new Outcome(notFound(base, path, errcode), false);
      case 409 -> new Outcome(new Answer.Forgotten(), false);
      case 429 -> {
        JsonNode inBody = json.path("retry_after_ms");
        long wait =
            RetryAfter.millis(
                Optional.ofNullable(answer.headers().get("retry-after")),
                inBody.isNumber() ? OptionalLong.of(inBody.asLong()) : OptionalLong.empty(),
                clock.instant());
        yield new Outcome(new Answer.Limited(now.getAsLong() + wait), token.isEmpty());
      }
      case 401, 403 -> {
        if (token.isPresent()) {
          tokenRefusedUntil.put(target.serverName(), clock.millis() + WITHOUT_TOKEN.toMillis());
        }
        yield new Outcome(new Answer.Failed(), false);
      }
      default -> new Outcome(new Answer.Failed(), false);
    };
  }

  /**
   * Only the homeserver itself can say that an event is gone. A 404 of some proxy, or of a path
   * that this homeserver does not have, says nothing about the event.
   */
  private Answer notFound(ClientApis.Base base, Path path, String errcode) {
    if (errcode.equals("M_UNRECOGNIZED")) {
      paths.put(base.url(), new Until<>(path.other(), clock.millis() + KEEP_PATH.toMillis()));
      return new Answer.Failed();
    }
    return errcode.startsWith("M_") ? new Answer.Forgotten() : new Answer.Failed();
  }

  /** False for a while after the homeserver refused our application-service token. */
  public boolean tokenWorks(Target target) {
    Long until = tokenRefusedUntil.get(target.serverName());
    return until == null || until <= clock.millis();
  }

  private Optional<Path> cachedPath(URI base) {
    Until<Path> found = paths.get(base);
    return found != null && found.until() > clock.millis()
        ? Optional.of(found.value())
        : Optional.empty();
  }

  private Path findPath(ClientApis.Base base) {
    Optional<Path> known = cachedPath(base.url());
    if (known.isPresent()) {
      return known.get();
    }
    RequestOptions options =
        options(base, HttpMethod.GET, "/_matrix/client/versions", Duration.ofSeconds(5).toMillis());
    Future<Path> asked =
        Exchange.of(client, options, MOST_BYTES)
            .map(answer -> path(answer.status(), json(answer.body())));
    try {
      CompletableFuture<Path> path = asked.toCompletionStage().toCompletableFuture();
      Path found = path.join();
      paths.put(base.url(), new Until<>(found, clock.millis() + KEEP_PATH.toMillis()));
      return found;
    } catch (CompletionException e) {
      // Away just now; the next call asks again.
      return Path.UNSTABLE;
    }
  }

  private static Path path(int status, JsonNode versions) {
    boolean stable =
        status == 200
            && versions
                .path("unstable_features")
                .path("org.matrix.msc4140.stable")
                .asBoolean(false);
    return stable ? Path.STABLE : Path.UNSTABLE;
  }

  private RequestOptions options(
      ClientApis.Base base, HttpMethod method, String uri, long timeoutMillis) {
    URI url = base.url();
    boolean tls = "https".equals(url.getScheme());
    int port = url.getPort() > 0 ? url.getPort() : tls ? 443 : 80;
    String prefix = url.getRawPath() == null ? "" : url.getRawPath().replaceAll("/+$", "");
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setHost(url.getHost())
            .setPort(port)
            .setSsl(tls)
            .setURI(prefix + uri)
            .setTimeout(timeoutMillis);
    if (base.guarded()) {
      Until<InetAddress> address = addresses.get(url.getHost());
      if (address != null) {
        options.setServer(SocketAddress.inetSocketAddress(port, address.value().getHostAddress()));
      }
    }
    return options;
  }

  private boolean addressKnown(ClientApis.Base base) {
    if (!base.guarded()) {
      return true;
    }
    Until<InetAddress> known = addresses.get(base.url().getHost());
    return known != null && known.until() > clock.millis();
  }

  private boolean resolve(ClientApis.Base base) {
    if (addressKnown(base)) {
      return true;
    }
    String host = base.url().getHost();
    try {
      Optional<InetAddress> permitted =
          dns.addresses(host).stream().filter(guard::permits).findFirst();
      permitted.ifPresent(
          address ->
              addresses.put(host, new Until<>(address, clock.millis() + KEEP_ADDRESS.toMillis())));
      return permitted.isPresent();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static JsonNode json(Buffer body) {
    try {
      @Nullable JsonNode read = JSON.readTree(body.getBytes());
      return read == null ? MissingNode.getInstance() : read;
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    client.close();
    blocking.shutdownNow();
  }
}
