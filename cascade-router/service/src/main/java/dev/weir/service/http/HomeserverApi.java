package dev.weir.service.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.service.appservice.ProxiedAnswer;
import dev.weir.service.appservice.ProxiedAnswer.Refusal;
import dev.weir.service.appservice.ProxiedDesk;
import dev.weir.service.appservice.Transactions;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.token.TokenAnswer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths that a homeserver calls on its application service: requests of its users and of other
 * servers that it passes on, and events. Which site it is the homeserver of, its token says.
 */
@Singleton
final class HomeserverApi {
  private static final int PROXIED_LIMIT = 16 * 1024;
  private static final int TRANSACTION_LIMIT = 8 * 1024 * 1024;
  private static final Pattern PROXIED =
      Pattern.compile(
          "/_matrix/(client|federation)/(?:v1|unstable/io\\.element\\.msc4195)/rtc/livekit/(get_token|delegate_delayed_leave)");
  private static final Pattern TRANSACTION =
      Pattern.compile("(?:/_matrix/app/v1)?/transactions/([^/]{1,255})");
  private static final String PING = "/_matrix/app/v1/ping";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Configuration configuration;
  private final ProxiedDesk desk;
  private final Transactions transactions;
  private final Limits limits;

  HomeserverApi(
      Configuration configuration, ProxiedDesk desk, Transactions transactions, Limits limits) {
    this.configuration = configuration;
    this.desk = desk;
    this.transactions = transactions;
    this.limits = limits;
  }

  /** How a request is answered; blocks. */
  interface Work {
    JsonObject answer(HttpServerRequest request, HomeSite site, byte[] body) throws ApiError;
  }

  /**
   * An endpoint.
   *
   * @param browsers whether a browser may read its answers
   */
  record Endpoint(HttpMethod method, boolean browsers, int bodyLimit, Work work) {}

  /** The endpoint at this path, which may have any prefix; none when no site has a homeserver. */
  Optional<Endpoint> find(String path) {
    boolean any =
        configuration.current().all().stream().anyMatch(home -> home.appService().isPresent());
    int start = Math.max(path.indexOf("/_matrix/"), 0);
    String rest = path.substring(start);
    if (!any || !(rest.startsWith("/_matrix/") || rest.startsWith("/transactions/"))) {
      return Optional.empty();
    }
    if (rest.equals(PING)) {
      return Optional.of(
          new Endpoint(HttpMethod.POST, false, PROXIED_LIMIT, (r, s, b) -> new JsonObject()));
    }
    Matcher transaction = TRANSACTION.matcher(rest);
    if (transaction.matches()) {
      return Optional.of(transaction(transaction.group(1)));
    }
    Matcher proxied = PROXIED.matcher(rest);
    return proxied.matches() ? proxied(proxied.group(1), proxied.group(2)) : Optional.empty();
  }

  private Optional<Endpoint> proxied(String api, String what) {
    boolean client = api.equals("client");
    boolean token = what.equals("get_token");
    if (client) {
      return Optional.of(
          new Endpoint(HttpMethod.POST, true, PROXIED_LIMIT, token ? this::token : this::leave));
    }
    return token
        ? Optional.of(new Endpoint(HttpMethod.POST, false, PROXIED_LIMIT, this::federatedToken))
        : Optional.empty();
  }

  private Endpoint transaction(String id) {
    return new Endpoint(
        HttpMethod.PUT,
        false,
        TRANSACTION_LIMIT,
        (request, site, body) -> {
          transactions.take(site, id, events(body));
          return new JsonObject();
        });
  }

  private static JsonNode events(byte[] body) throws ApiError {
    try {
      JsonNode read = JSON.readTree(body);
      if (read == null || !read.isObject()) {
        throw ApiError.notJson();
      }
      if (!read.path("events").isArray()) {
        throw ApiError.missing("`events`");
      }
      return read.path("events");
    } catch (IOException e) {
      throw ApiError.notJson();
    }
  }

  /** The site whose homeserver sends this. */
  HomeSite sender(HttpServerRequest request) throws ApiError {
    String header = Optional.ofNullable(request.getHeader("Authorization")).orElse("");
    String given =
        header.regionMatches(true, 0, "Bearer ", 0, 7)
            ? header.substring(7).strip()
            // Homeservers of earlier years.
            : Optional.ofNullable(request.getParam("access_token")).orElse("");
    if (given.isEmpty()) {
      throw new ApiError(401, "M_MISSING_TOKEN", "Missing homeserver access token");
    }
    byte[] token = given.getBytes(StandardCharsets.UTF_8);
    return configuration.current().all().stream()
        .filter(home -> home.appService().filter(service -> equal(service, token)).isPresent())
        .findFirst()
        .orElseThrow(
            () -> new ApiError(401, "M_UNKNOWN_TOKEN", "Unrecognised homeserver access token"));
  }

  private static boolean equal(HomeSite.AppService service, byte[] token) {
    return MessageDigest.isEqual(service.hsToken().getBytes(StandardCharsets.UTF_8), token);
  }

  private JsonObject token(HttpServerRequest request, HomeSite site, byte[] body) throws ApiError {
    String user = header(request, "X-Matrix-User-Identifier");
    ProxiedBodies.Read read = ProxiedBodies.token(site, body);
    require(user);
    return answer(desk.token(read.request(), user, read.server()), read.wantsUrl());
  }

  private JsonObject federatedToken(HttpServerRequest request, HomeSite site, byte[] body)
      throws ApiError {
    String origin = header(request, "X-Matrix-Origin");
    ProxiedBodies.Read read = ProxiedBodies.token(site, body);
    String user = Bodies.id("user_id", read.user().orElse(null));
    require(origin);
    return answer(desk.federatedToken(read.request(), user, origin), read.wantsUrl());
  }

  private JsonObject leave(HttpServerRequest request, HomeSite site, byte[] body) throws ApiError {
    String user = header(request, "X-Matrix-User-Identifier");
    ProxiedBodies.Read read = ProxiedBodies.leave(site, body);
    require(user);
    return answer(
        desk.keepLeave(read.request(), user, read.request().leave().orElseThrow()), false);
  }

  private static String header(HttpServerRequest request, String name) {
    return Optional.ofNullable(request.getHeader(name)).orElse("");
  }

  private static void require(String who) throws ApiError {
    if (who.isEmpty()) {
      throw ApiError.unauthorised();
    }
  }

  private JsonObject answer(ProxiedAnswer answer, boolean wantsUrl) throws ApiError {
    return switch (answer) {
      case ProxiedAnswer.Served(TokenAnswer served) -> {
        JsonObject json = Answers.json(served, limits, 403, "M_FORBIDDEN");
        if (!wantsUrl) {
          json.remove("url");
        }
        yield json;
      }
      case ProxiedAnswer.Relayed(String jwt, String url) -> {
        JsonObject json = new JsonObject().put("jwt", jwt);
        yield wantsUrl && !url.isEmpty() ? json.put("url", url) : json;
      }
      case ProxiedAnswer.Refused(Refusal why) -> throw refused(why);
    };
  }

  private static ApiError refused(Refusal why) {
    return switch (why) {
      case NOT_OUR_URL ->
          new ApiError(400, "M_INVALID_PARAM", "The request `url` is not one of this service");
      case BAD_USER_ID -> new ApiError(400, "M_INVALID_PARAM", "Malformed user identifier");
      case NOT_ITS_USER ->
          new ApiError(403, "M_FORBIDDEN", "The user does not belong to the origin server");
      case NO_CLIENT_API ->
          new ApiError(400, "M_BAD_JSON", "Unable to resolve the client-server API");
      case NOT_JOINED -> new ApiError(403, "M_FORBIDDEN", "Not joined to the room");
      case MEMBERSHIP_UNKNOWN ->
          new ApiError(502, "M_UNKNOWN", "Unable to verify the room membership");
      case UNKNOWN_DELAY_ID -> new ApiError(400, "M_INVALID_PARAM", "Unknown `delay_id`");
      case DELAY_UNKNOWN -> new ApiError(503, "M_UNKNOWN", "Unable to look up the delayed event");
      case DESTINATION_AWAY ->
          new ApiError(502, "M_UNKNOWN", "Unable to reach the specified homeserver");
    };
  }
}
