package dev.weir.service.delegation;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The delayed-event part of a homeserver: every event has its own timer and fires when it runs out.
 * It counts what it is asked, and can be told to be away, to limit, or to have only one of the two
 * paths. Also a program of its own, so that its work is not counted as the router's.
 */
public final class CountingHomeserver implements AutoCloseable {
  private static final String STABLE = "/_matrix/client/v1/delayed_events/";
  private static final String UNSTABLE =
      "/_matrix/client/unstable/org.matrix.msc4140/delayed_events/";

  /** What became of an event. */
  public enum Fate {
    ALIVE,
    SENT,
    CANCELLED,
    FIRED
  }

  /** One delayed event. */
  public static final class Event {
    private long delay;
    private long startedAt = millis();
    private int restarts;
    private long longestGap;
    private Fate fate = Fate.ALIVE;

    private Event(long delay) {
      this.delay = delay;
    }

    private synchronized boolean act(String verb, AtomicLong late) {
      if (fate() != Fate.ALIVE) {
        return false;
      }
      switch (verb) {
        case "restart" -> {
          long gap = millis() - startedAt;
          longestGap = Math.max(longestGap, gap);
          // 80 % is the beat: beyond 90 % something was slow, though nothing was lost yet.
          if (gap > delay * 9 / 10) {
            late.incrementAndGet();
          }
          restarts++;
          startedAt = millis();
        }
        case "send" -> fate = Fate.SENT;
        case "cancel" -> fate = Fate.CANCELLED;
        default -> throw new IllegalArgumentException(verb);
      }
      return true;
    }

    /** From now on it counts with this delay, and what was before is forgotten. */
    private synchronized void shorten(long to) {
      delay = to;
      longestGap = 0;
      startedAt = millis();
    }

    public synchronized Fate fate() {
      if (fate == Fate.ALIVE && millis() - startedAt > delay) {
        fate = Fate.FIRED;
      }
      return fate;
    }

    public synchronized int restarts() {
      return restarts;
    }

    public synchronized long longestGap() {
      return longestGap;
    }
  }

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
  private final HttpServer server;
  private final Map<String, Event> events = new ConcurrentHashMap<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicLong late = new AtomicLong();
  private final Map<String, Integer> callsByVerb = new ConcurrentHashMap<>();
  private final Map<String, Integer> callsByUser = new ConcurrentHashMap<>();
  private volatile boolean away;
  private volatile boolean broken;
  private volatile boolean stableOnly;
  private volatile boolean announceStable;
  private volatile boolean htmlNotFound;
  private volatile String asToken = "";
  private volatile String limitHeader = "";
  private volatile int refusals;
  private volatile double perSecond;
  private double bucket;
  private long bucketAt = millis();

  public CountingHomeserver(int port) {
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
            .requestHandler(this::handle)
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  private static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  public Event schedule(String delayId, long delayMillis) {
    Event event = new Event(delayMillis);
    events.put(delayId, event);
    return event;
  }

  public Event event(String delayId) {
    Event event = events.get(delayId);
    if (event == null) {
      throw new IllegalArgumentException(delayId);
    }
    return event;
  }

  public int calls() {
    return calls.get();
  }

  public int calls(String verb) {
    return callsByVerb.getOrDefault(verb, 0);
  }

  public int callsFor(String user) {
    return callsByUser.getOrDefault(user, 0);
  }

  public void away(boolean isAway) {
    away = isAway;
  }

  /** What a proxy says while the homeserver behind it is restarted. */
  public void broken(boolean isBroken) {
    broken = isBroken;
  }

  public void stableOnly(boolean only, boolean announced) {
    stableOnly = only;
    announceStable = announced;
  }

  public void htmlNotFound() {
    htmlNotFound = true;
  }

  public void asToken(String token) {
    asToken = token;
  }

  /**
   * The next calls are refused, with this Retry-After header, or the body's field if it is empty.
   */
  public void refuse(int times, String retryAfter) {
    limitHeader = retryAfter;
    refusals = times;
  }

  /** Limits all unauthenticated calls, as the deployed homeserver does by default with 1 and 5. */
  public synchronized void limit(double callsPerSecond, int burst) {
    perSecond = callsPerSecond;
    bucket = burst;
    bucketAt = millis();
  }

  private void handle(HttpServerRequest request) {
    String path = String.valueOf(request.path());
    HttpServerResponse response = request.response();
    if (path.startsWith("/_fake/")) {
      control(request);
    } else if (away) {
      request.connection().close();
    } else if (broken) {
      response.setStatusCode(502).end("<html>bad gateway</html>");
    } else if (path.equals("/_matrix/federation/v1/openid/userinfo")) {
      // Here an OpenID token is its user's name.
      response.end(new JsonObject().put("sub", request.getParam("access_token")).encode());
    } else if (path.equals("/_matrix/client/versions")) {
      JsonObject features = new JsonObject().put("org.matrix.msc4140", true);
      if (announceStable) {
        features.put("org.matrix.msc4140.stable", true);
      }
      response.end(
          new JsonObject()
              .put("versions", new JsonArray().add("v1.11"))
              .put("unstable_features", features)
              .encode());
    } else if (path.startsWith(stableOnly ? STABLE : UNSTABLE)) {
      manage(request, path.substring((stableOnly ? STABLE : UNSTABLE).length()));
    } else {
      error(response, 404, "M_UNRECOGNIZED");
    }
  }

  private void manage(HttpServerRequest request, String rest) {
    HttpServerResponse response = request.response();
    calls.incrementAndGet();
    String[] parts = rest.split("/", -1);
    String authorization = request.getHeader("authorization");
    if (authorization != null) {
      if (!authorization.equals("Bearer " + asToken)) {
        error(response, 401, "M_UNKNOWN_TOKEN");
        return;
      }
      callsByUser.merge(String.valueOf(request.getParam("user_id")), 1, Integer::sum);
    } else if (refused(response)) {
      return;
    }
    callsByVerb.merge(parts[1], 1, Integer::sum);
    Event event = events.get(parts[0]);
    if (event != null && event.act(parts[1], late)) {
      response.end("{}");
    } else if (htmlNotFound) {
      response.setStatusCode(404).end("<html>no such upstream</html>");
    } else {
      error(response, 404, "M_NOT_FOUND");
    }
  }

  private synchronized boolean refused(HttpServerResponse response) {
    if (refusals > 0) {
      refusals--;
      if (!limitHeader.isEmpty()) {
        response.putHeader("Retry-After", limitHeader);
      }
      limited(response, 300);
      return true;
    }
    if (perSecond > 0) {
      bucket = Math.min(5, bucket + (millis() - bucketAt) * perSecond / 1_000);
      bucketAt = millis();
      if (bucket < 1) {
        limited(response, (long) ((1 - bucket) * 1_000 / perSecond) + 1);
        return true;
      }
      bucket--;
    }
    return false;
  }

  private static void limited(HttpServerResponse response, long millis) {
    response
        .setStatusCode(429)
        .end(
            new JsonObject()
                .put("errcode", "M_LIMIT_EXCEEDED")
                .put("retry_after_ms", millis)
                .encode());
  }

  private static void error(HttpServerResponse response, int status, String errcode) {
    response.setStatusCode(status).end(new JsonObject().put("errcode", errcode).encode());
  }

  private void control(HttpServerRequest request) {
    switch (String.valueOf(request.path())) {
      case "/_fake/schedule" -> {
        int count = Integer.parseInt(request.getParam("count"));
        long delay = Long.parseLong(request.getParam("delay"));
        for (int i = 0; i < count; i++) {
          schedule(request.getParam("prefix") + i, delay);
        }
        request.response().end("{}");
      }
      case "/_fake/shorten" -> {
        long delay = Long.parseLong(request.getParam("delay"));
        events.values().forEach(event -> event.shorten(delay));
        request.response().end("{}");
      }
      case "/_fake/report" -> request.response().end(report().encode());
      case "/_fake/forget" -> {
        events.clear();
        late.set(0);
        calls.set(0);
        callsByVerb.clear();
        request.response().end("{}");
      }
      default -> request.response().setStatusCode(404).end();
    }
  }

  private JsonObject report() {
    JsonObject fates = new JsonObject();
    long longest = 0;
    for (Event event : events.values()) {
      String fate = event.fate().name().toLowerCase(Locale.ROOT);
      fates.put(fate, fates.getInteger(fate, 0) + 1);
      longest = Math.max(longest, event.longestGap());
    }
    return new JsonObject()
        .put("calls", calls.get())
        .put("restarts", calls("restart"))
        .put("late", late.get())
        .put("longest_gap_ms", longest)
        .put("fates", fates);
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** Prints its URL and serves until it is killed. */
  public static void main(String[] arguments) throws InterruptedException {
    CountingHomeserver homeserver =
        new CountingHomeserver(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0);
    System.out.println(homeserver.url());
    Thread.currentThread().join();
  }
}
