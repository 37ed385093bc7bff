package dev.weir.service.gate;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.NetSocket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The gate's front: takes a handshake, lets in whom the token lets in, holds the upgrade until the
 * room is there, and starts a {@link Conduit}.
 *
 * <p>Answers: 404 for a host or path that is no gate, 401 for a token that is no good (one text for
 * all causes), 400 for what is no upgrade, and 503 for everything that is ours to solve. A client
 * takes any 4xx as final, so a room that is not ready yet, a node that refuses our token, and a
 * limit are all 503.
 */
final class Gate {

  private final Vertx vertx;
  private final GateSettings settings;
  private final GateSites sites;
  private final GateTokens tokens;
  private final Binding.Binder binder;
  private final BackendDial dial;
  private final NativeArrivals arrivals;
  private final Validation validation;
  private final Conduits conduits;
  private final AddressLimits limits;
  private final Conduit.Keeper keeper;
  private final GateCounters counters;
  private final AtomicBoolean closing = new AtomicBoolean();

  Gate(
      Vertx vertx,
      GateSettings settings,
      GateSites sites,
      GateTokens tokens,
      Binding.Binder binder,
      BackendDial dial,
      NativeArrivals arrivals,
      Validation validation,
      Conduits conduits,
      AddressLimits limits,
      Conduit.Keeper keeper,
      GateCounters counters) {
    this.vertx = vertx;
    this.settings = settings;
    this.sites = sites;
    this.tokens = tokens;
    this.binder = binder;
    this.dial = dial;
    this.arrivals = arrivals;
    this.validation = validation;
    this.conduits = conduits;
    this.limits = limits;
    this.keeper = keeper;
    this.counters = counters;
  }

  /** From now on handshakes are sent to other replicas. */
  void stopTaking() {
    closing.set(true);
  }

  /** Handles a request to one of LiveKit's paths; false when it is none of the gate's business. */
  boolean handle(HttpServerRequest request) {
    String path = Objects.requireNonNullElse(request.path(), "");
    String query = Objects.requireNonNullElse(request.query(), "");
    Optional<Handshake> dialled = Handshake.of(path, query, request.headers());
    if (dialled.isEmpty()) {
      return false;
    }
    Handshake handshake = dialled.get();
    String host = request.authority() == null ? "" : request.authority().toString();
    Optional<GateSite> site = sites.find(host, handshake.prefix());
    if (site.isEmpty()) {
      return false;
    }
    request.response().putHeader("Access-Control-Allow-Origin", "*");
    if (HttpMethod.OPTIONS.equals(request.method())) {
      request.response().putHeader("Access-Control-Allow-Headers", "*").setStatusCode(200).end();
      return true;
    }
    admit(request, handshake, site.get());
    return true;
  }

  private void admit(HttpServerRequest request, Handshake handshake, GateSite site) {
    String address = request.remoteAddress().hostAddress();
    if (closing.get() || !limits.enter(address)) {
      counters.upgrade(closing.get() ? "closing" : "limited");
      unavailable(request.response());
      return;
    }
    Optional<Admission> who = handshake.token().flatMap(token -> tokens.verify(site, token));
    Optional<String> accept = Handshake.acceptKey(request.headers());
    if (who.isEmpty()) {
      limits.leave(address);
      counters.upgrade("unauthorized");
      answer(request.response(), 401, "invalid authorization token");
    } else if (handshake.validates()) {
      validate(request, handshake, who.get(), address);
    } else if (accept.isEmpty() || !HttpMethod.GET.equals(request.method())) {
      limits.leave(address);
      counters.upgrade("malformed");
      answer(request.response(), 400, "not a websocket upgrade");
    } else {
      upgrade(request, handshake, who.get(), accept.get(), address);
    }
  }

  private void validate(
      HttpServerRequest request, Handshake handshake, Admission who, String address) {
    Map<String, String> headers = passedOn(request);
    Hold.<Validation.Reply>on(
            vertx,
            settings,
            refused -> bind(who, refused),
            binding -> validation.ask(binding, target(handshake, binding), headers),
            () -> request.response().closed())
        .onComplete(
            done -> {
              limits.leave(address);
              if (request.response().closed()) {
                return;
              }
              switch (done.result()) {
                case Hold.End.Opened<Validation.Reply> opened ->
                    answer(request.response(), 200, opened.what().text());
                case Hold.End.Refused<Validation.Reply> refused ->
                    answer(request.response(), refused.status(), "");
                case Hold.End.TimedOut<Validation.Reply> ignored -> unavailable(request.response());
              }
            });
  }

  private void upgrade(
      HttpServerRequest request,
      Handshake handshake,
      Admission who,
      String accept,
      String address) {
    Arrival arrival = conduits.arriving(who, who.rejoins() && handshake.isJavaScript());
    Entrance entrance = new Entrance(vertx, dial, arrivals, who);
    Map<String, String> headers = passedOn(request);
    long began = System.nanoTime();
    Hold.<Entrance.Entered>on(
            vertx,
            settings,
            refused -> bind(who, refused),
            binding -> entrance.enter(binding, target(handshake, binding), headers),
            () -> request.response().closed())
        .onComplete(
            done -> {
              counters.held(System.nanoTime() - began);
              switch (done.result()) {
                case Hold.End.Opened<Entrance.Entered> opened ->
                    begin(request, arrival, opened, accept, address);
                case Hold.End.Refused<Entrance.Entered> refused -> {
                  entrance.cameToNothing();
                  turnAway(arrival, address, "refused");
                  answer(request.response(), refused.status(), "");
                }
                case Hold.End.TimedOut<Entrance.Entered> ignored -> {
                  entrance.cameToNothing();
                  turnAway(arrival, address, "timeout");
                  unavailable(request.response());
                }
              }
            });
  }

  private void begin(
      HttpServerRequest request,
      Arrival arrival,
      Hold.End.Opened<Entrance.Entered> opened,
      String accept,
      String address) {
    Entrance.Entered entered = opened.what();
    if (request.response().closed()) {
      entered.close();
      turnAway(arrival, address, "gone");
      return;
    }
    request
        .response()
        .putHeader("Upgrade", "websocket")
        .putHeader("Connection", "Upgrade")
        .putHeader("Sec-WebSocket-Accept", accept);
    Future<NetSocket> tunnel = request.toNetSocket();
    tunnel
        .onSuccess(
            client -> {
              counters.upgrade("opened");
              Conduit conduit =
                  new Conduit(
                      vertx,
                      arrival,
                      opened.binding(),
                      settings,
                      keeper,
                      client,
                      entered,
                      ended -> {
                        conduits.remove(ended);
                        limits.leave(address);
                      });
              conduits.add(conduit);
              conduit.carry(entered.early());
              // A room may have moved since the look-up; nobody else would tell this client.
              if (!binder.holds(conduit.who(), conduit.binding())) {
                conduit.reconnect();
              }
            })
        .onFailure(
            broken -> {
              entered.close();
              turnAway(arrival, address, "gone");
            });
  }

  private Future<Binding> bind(Admission who, boolean refusedBefore) {
    CompletionStage<Binding> bound = binder.bind(who, refusedBefore, settings.hold());
    return Future.fromCompletionStage(bound, vertx.getOrCreateContext());
  }

  private static String target(Handshake handshake, Binding binding) {
    return handshake.target(binding.basePath(), binding.token());
  }

  /** The few headers that a node has a use for; never Authorization, which beats the query. */
  private static Map<String, String> passedOn(HttpServerRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Forwarded-For", request.remoteAddress().hostAddress());
    for (String name : new String[] {"Origin", "User-Agent"}) {
      String value = request.getHeader(name);
      if (value != null && value.length() <= 512 && value.chars().allMatch(c -> c >= 32)) {
        headers.put(name, value);
      }
    }
    return headers;
  }

  private void turnAway(Arrival arrival, String address, String outcome) {
    conduits.turnedAway(arrival);
    limits.leave(address);
    counters.upgrade(outcome);
  }

  private static void unavailable(HttpServerResponse response) {
    response.putHeader("Retry-After", "1");
    answer(response, 503, "");
  }

  private static void answer(HttpServerResponse response, int status, String text) {
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).end(Buffer.buffer(text));
    }
  }
}
