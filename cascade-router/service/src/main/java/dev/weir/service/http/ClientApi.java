package dev.weir.service.http;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.slots.NodeWatch;
import dev.weir.service.slots.SfuEvents;
import dev.weir.service.token.DelayedLeave;
import dev.weir.service.token.TokenAnswer;
import dev.weir.service.token.TokenDesk;
import dev.weir.service.token.TokenRequest;
import io.quarkus.runtime.ShutdownEvent;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
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

  private final Configuration configuration;
  private final TokenDesk desk;
  private final SfuEvents events;
  private final NodeWatch watch;
  private final Limits limits;
  private final Intake intake;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closing;

  ClientApi(
      Configuration configuration,
      TokenDesk desk,
      SfuEvents events,
      NodeWatch watch,
      Limits limits,
      Vertx vertx) {
    this.configuration = configuration;
    this.desk = desk;
    this.events = events;
    this.watch = watch;
    this.limits = limits;
    this.intake = new Intake(vertx);
  }

  void register(@Observes Router router) {
    router.route().order(ORDER).handler(this::route);
  }

  void closing(@Observes ShutdownEvent event) {
    closing = true;
  }

  /** One kind of request: how its body becomes an answer. */
  private interface Endpoint {
    JsonObject answer(HomeSite site, byte[] body) throws ApiError;
  }

  private void route(RoutingContext context) {
    HttpServerRequest request = context.request();
    String path = request.path() == null ? "/" : request.path();
    Optional<HomeSite> site = configuration.current().byRequest(host(request), path);
    String rest = site.map(home -> path.substring(home.pathPrefix().length())).orElse(path);
    switch (rest) {
      case "/sfu/get" -> post(request, site, this::sfuGet);
      case "/get_token" -> post(request, site, this::getToken);
      case "/delegate_delayed_leave" -> post(request, site, this::delegate);
      case "/sfu_webhook" -> webhook(request);
      case "/healthz" -> health(request);
      default -> context.next();
    }
  }

  private static String host(HttpServerRequest request) {
    var authority = request.authority();
    return authority == null ? "" : authority.host();
  }

  private void post(HttpServerRequest request, Optional<HomeSite> site, Endpoint endpoint) {
    Exchange.allowBrowsers(request);
    if (request.method() == HttpMethod.OPTIONS) {
      Exchange.empty(request, 200);
      return;
    }
    if (request.method() != HttpMethod.POST) {
      request.response().putHeader("Allow", "POST, OPTIONS");
      Exchange.empty(request, 405);
      return;
    }
    if (site.isEmpty()) {
      Exchange.error(request, new ApiError(404, "M_NOT_FOUND", "There is no such site here"));
      return;
    }
    if (closing) {
      Exchange.error(request, ApiError.later(Limits.RETRY));
      return;
    }
    intake.read(
        request,
        BODY_LIMIT,
        body -> {
          var unused = threads.submit(() -> answer(request, site.get(), body, endpoint));
        },
        error -> Exchange.error(request, error));
  }

  private void answer(HttpServerRequest request, HomeSite site, byte[] body, Endpoint endpoint) {
    try (var admitted = limits.admit(request)) {
      Exchange.json(request, 200, endpoint.answer(site, body));
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
    return switch (desk.serve(site, request)) {
      case TokenAnswer.Granted granted ->
          new JsonObject()
              .put("url", granted.attached().url())
              .put("jwt", granted.attached().jwt());
      case TokenAnswer.LeaveKept kept -> new JsonObject();
      case TokenAnswer.Later later -> throw ApiError.later(later.after());
      case TokenAnswer.Denied denied -> throw denied(denied.why(), 400, "M_BAD_JSON");
    };
  }

  private JsonObject delegate(HomeSite site, byte[] body) throws ApiError {
    TokenRequest request = Bodies.getToken(body);
    DelayedLeave leave =
        request.leave().orElseThrow(() -> ApiError.missing("`delay_id` or `delay_timeout`"));
    return switch (desk.keepLeave(site, request, leave)) {
      case TokenAnswer.Granted granted -> new JsonObject();
      case TokenAnswer.LeaveKept kept -> new JsonObject();
      case TokenAnswer.Later later -> throw ApiError.later(later.after());
      case TokenAnswer.Denied denied -> throw denied(denied.why(), 403, "M_FORBIDDEN");
    };
  }

  private static ApiError denied(TokenAnswer.Why why, int restrictedStatus, String restrictedCode) {
    return switch (why) {
      case UNAUTHORIZED -> ApiError.unauthorised();
      case FORBIDDEN -> new ApiError(403, "M_FORBIDDEN", "The request is not allowed");
      case RESTRICTED_DELEGATION ->
          new ApiError(
              restrictedStatus,
              restrictedCode,
              "Delegation of delayed events is only supported for full access users");
      case DELEGATION_UNAVAILABLE ->
          new ApiError(400, "M_BAD_JSON", "The delayed event cannot be delegated");
      case NO_ROOM -> new ApiError(500, "M_UNKNOWN", "Unable to create room on SFU");
    };
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
