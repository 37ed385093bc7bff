package dev.weir.service.http;

import dev.weir.service.Farewell;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.slots.NodeWatch;
import dev.weir.service.slots.SfuEvents;
import dev.weir.service.token.DelayedLeave;
import dev.weir.service.token.TokenDesk;
import dev.weir.service.token.TokenRequest;
import io.quarkus.vertx.http.HttpServerStart;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jboss.logging.Logger;

/** The paths that clients, probes and our own nodes call, below each site's prefix. */
@Singleton
final class ClientApi {
  private static final Logger LOG = Logger.getLogger(ClientApi.class);
  private static final int BODY_LIMIT = 16 * 1024;
  private static final int WEBHOOK_LIMIT = 256 * 1024;
  // Before the gate's and the framework's own routes: a prefix may hide anything below it.
  private static final int ORDER = -100;
  private static final Duration GOODBYE = Duration.ofSeconds(8);

  private final Configuration configuration;
  private final TokenDesk desk;
  private final HomeserverApi homeservers;
  private final SfuEvents events;
  private final NodeWatch watch;
  private final Limits limits;
  private final Intake intake;
  private final SlowHeads slowHeads;
  private final UnderWay underWay = new UnderWay();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closing;

  ClientApi(
      Configuration configuration,
      TokenDesk desk,
      HomeserverApi homeservers,
      SfuEvents events,
      NodeWatch watch,
      Limits limits,
      SlowHeads slowHeads,
      Vertx vertx) {
    this.configuration = configuration;
    this.desk = desk;
    this.homeservers = homeservers;
    this.events = events;
    this.watch = watch;
    this.limits = limits;
    this.slowHeads = slowHeads;
    this.intake = new Intake(vertx);
  }

  void register(@Observes Router router) {
    router.route().order(ORDER).handler(this::route);
  }

  void listening(@ObservesAsync HttpServerStart started) {
    slowHeads.watch(started.options().getPort());
  }

  /** Nothing new is taken, and what was taken is answered. */
  void closing(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) Farewell event) {
    closing = true;
    underWay.awaitNone(GOODBYE);
  }

  /** One kind of request: how its body becomes an answer. */
  private interface Endpoint {
    JsonObject answer(HomeSite site, byte[] body) throws ApiError;
  }

  private void route(RoutingContext context) {
    HttpServerRequest request = context.request();
    slowHeads.whole(context);
    String path = request.path() == null ? "/" : request.path();
    Optional<HomeSite> site = configuration.current().byRequest(host(request), path);
    String rest = site.map(home -> path.substring(home.pathPrefix().length())).orElse(path);
    switch (rest) {
      case "/sfu/get" -> post(request, site, this::sfuGet);
      case "/get_token" -> post(request, site, this::getToken);
      case "/delegate_delayed_leave" -> post(request, site, this::delegate);
      case "/sfu_webhook" -> webhook(request);
      case "/healthz" -> health(request);
      default ->
          homeservers
              .find(path)
              .ifPresentOrElse(endpoint -> homeserver(request, endpoint), context::next);
    }
  }

  private static String host(HttpServerRequest request) {
    var authority = request.authority();
    return authority == null ? "" : authority.host();
  }

  private void post(HttpServerRequest request, Optional<HomeSite> site, Endpoint endpoint) {
    Exchange.allowBrowsers(request);
    if (!isMethod(request, HttpMethod.POST, true)) {
      return;
    }
    if (site.isEmpty()) {
      Exchange.error(request, new ApiError(404, "M_NOT_FOUND", "There is no such site here"));
      return;
    }
    read(
        request,
        BODY_LIMIT,
        body -> {
          try (var admitted = limits.admit(request)) {
            return endpoint.answer(site.get(), body);
          }
        });
  }

  /** What homeservers call: their token comes first, before a byte of the body is read. */
  private void homeserver(HttpServerRequest request, HomeserverApi.Endpoint endpoint) {
    if (endpoint.browsers()) {
      Exchange.allowBrowsers(request);
    }
    if (!isMethod(request, endpoint.method(), endpoint.browsers())) {
      return;
    }
    HomeSite site;
    try {
      site = homeservers.sender(request);
    } catch (ApiError e) {
      Exchange.error(request, e);
      return;
    }
    read(request, endpoint.bodyLimit(), body -> endpoint.work().answer(request, site, body));
  }

  private static boolean isMethod(HttpServerRequest request, HttpMethod method, boolean preflight) {
    if (request.method().equals(method)) {
      return true;
    }
    if (preflight && request.method() == HttpMethod.OPTIONS) {
      Exchange.empty(request, 200);
      return false;
    }
    request.response().putHeader("Allow", preflight ? method + ", OPTIONS" : method.name());
    Exchange.empty(request, 405);
    return false;
  }

  /** What a body is answered with. */
  private interface Answer {
    JsonObject to(byte[] body) throws ApiError;
  }

  private void read(HttpServerRequest request, int limit, Answer answer) {
    if (closing) {
      Exchange.error(request, ApiError.later(Limits.RETRY));
      return;
    }
    intake.read(
        request,
        limit,
        body -> {
          var unused = threads.submit(() -> answer(request, body, answer));
        },
        error -> Exchange.error(request, error));
  }

  private void answer(HttpServerRequest request, byte[] body, Answer answer) {
    try (var one = underWay.begin()) {
      Exchange.json(request, 200, answer.to(body));
    } catch (ApiError e) {
      Exchange.error(request, e);
    } catch (RuntimeException e) {
      LOG.error("event=request-failed", e);
      Exchange.error(request, ApiError.internal());
    }
  }

  private JsonObject sfuGet(HomeSite site, byte[] body) throws ApiError {
    return token(site, Bodies.sfuGet(body));
  }

  private JsonObject getToken(HomeSite site, byte[] body) throws ApiError {
    return token(site, Bodies.getToken(body));
  }

  private JsonObject token(HomeSite site, TokenRequest request) throws ApiError {
    limits.homeserver(request.openId().serverName());
    return Answers.json(desk.serve(site, request), limits, 400, "M_BAD_JSON");
  }

  private JsonObject delegate(HomeSite site, byte[] body) throws ApiError {
    TokenRequest request = Bodies.getToken(body);
    DelayedLeave leave =
        request.leave().orElseThrow(() -> ApiError.missing("`delay_id` or `delay_timeout`"));
    limits.homeserver(request.openId().serverName());
    return Answers.json(desk.keepLeave(site, request, leave), limits, 403, "M_FORBIDDEN");
  }

  /** Nodes repeat a webhook that is not answered with 200, and its contents are never awaited. */
  private void webhook(HttpServerRequest request) {
    if (request.method() != HttpMethod.POST) {
      request.response().putHeader("Allow", "POST");
      Exchange.empty(request, 405);
      return;
    }
    String authorization = Optional.ofNullable(request.getHeader("Authorization")).orElse("");
    Optional<String> node = Optional.ofNullable(request.getParam("node"));
    intake.read(
        request,
        WEBHOOK_LIMIT,
        body -> {
          Exchange.empty(request, 200);
          String text = new String(body, StandardCharsets.UTF_8);
          var unused = threads.submit(() -> events.receive(authorization, text, node));
        },
        error -> Exchange.error(request, error));
  }

  private void health(HttpServerRequest request) {
    if (request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD) {
      request.response().putHeader("Allow", "GET, HEAD");
      Exchange.empty(request, 405);
      return;
    }
    boolean ready = !closing && !configuration.current().all().isEmpty() && watch.hasLookedAround();
    Exchange.empty(request, ready ? 200 : 503);
  }
}
