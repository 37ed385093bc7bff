package dev.weir.service.gate;

import dev.weir.service.sfu.Jws;
import dev.weir.service.sfu.Passage;
import dev.weir.service.sfu.SigningKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClientOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A gate on an HTTP server of its own, with the site a.example, and ports that the test sets. */
final class GateFixture implements AutoCloseable {

  static final SigningKey GATE_KEY = new SigningKey("gate", "short-gate-secret");
  static final SigningKey NODE_KEY = new SigningKey("node", "a-secret-that-no-client-ever-sees");
  static final GateSettings SETTINGS = leavingNewcomersAloneFor(Duration.ofMillis(1));

  static GateSettings leavingNewcomersAloneFor(Duration firstConnection) {
    return new GateSettings(
        Duration.ofSeconds(2),
        Duration.ofMillis(30),
        Duration.ofSeconds(1),
        firstConnection,
        Duration.ofSeconds(5),
        3_000,
        1_000,
        3_000);
  }

  final Vertx vertx = Vertx.vertx();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final FakePlaces places = new FakePlaces();
  final List<Conduit.Loss> losses = new CopyOnWriteArrayList<>();

  /** What a rescue says; null for the real one. */
  final AtomicReference<@Nullable CompletionStage<Boolean>> rescue =
      new AtomicReference<>(CompletableFuture.completedFuture(true));

  final RecordingArrivals arrivals = new RecordingArrivals();
  final RecordingWitness witness = new RecordingWitness();
  volatile Supplier<CompletionStage<Boolean>> kicks =
      () -> CompletableFuture.completedFuture(false);
  final FakeRebinds rebinds = new FakeRebinds();
  final LeapingClock clock = new LeapingClock();
  final Gatehouse house;
  private final HttpServer server;

  GateFixture() {
    this(SETTINGS);
  }

  GateFixture(GateSettings settings) {
    this(settings, Newcomers.NONE_ELSEWHERE);
  }

  GateFixture(GateSettings settings, Newcomers newcomers) {
    Executor virtual = task -> Thread.ofVirtual().start(task);
    GateSite site = new GateSite("a.example", "", List.of(GATE_KEY));
    GateSite prefixed = new GateSite("b.example", "/b", List.of(new SigningKey("gb", "secret-b")));
    house =
        new Gatehouse(
            vertx,
            settings,
            clock,
            new Gatehouse.Ports(
                (host, prefix) ->
                    switch (prefix) {
                      case "" -> Optional.of(site);
                      case "/b" -> Optional.of(prefixed);
                      default -> Optional.empty();
                    },
                places,
                places,
                (room, identity) -> kicks.get(),
                arrivals,
                newcomers,
                rebinds,
                List.of(witness),
                new MoveStore.InMemory(),
                new ReachBoard.Alone()),
            new NetClientOptions(),
            meters,
            virtual,
            own ->
                (room, node, loss) -> {
                  losses.add(loss);
                  CompletionStage<Boolean> instead = rescue.get();
                  return instead == null ? own.rescue(room, node, loss) : instead;
                });
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setIdleTimeout(0))
            .requestHandler(
                request -> {
                  if (!house.handle(request)) {
                    request.response().setStatusCode(404).end();
                  }
                })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  /** The time of day, and what a test has added to it. */
  static final class LeapingClock extends Clock {
    private volatile Duration ahead = Duration.ZERO;

    void leap(Duration time) {
      ahead = ahead.plus(time);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(ahead);
    }
  }

  /** A peer that takes everybody, with one token for all, while it is set. */
  static final class FakeRebinds implements Rebinds {
    private final List<Consumer<RoomKey>> listeners = new CopyOnWriteArrayList<>();
    private volatile Optional<Elsewhere> now = Optional.empty();
    private volatile Set<RoomKey> rooms = Set.of();

    void set(RoomKey room, Optional<Elsewhere> elsewhere) {
      away(room, elsewhere.isPresent(), elsewhere);
    }

    /** As long as it is away a peer may have nothing for its clients all the same. */
    void away(RoomKey room, boolean isAway, Optional<Elsewhere> elsewhere) {
      now = elsewhere;
      rooms = isAway ? Set.of(room) : Set.of();
      listeners.forEach(listener -> listener.accept(room));
    }

    @Override
    public Set<RoomKey> rooms() {
      return rooms;
    }

    @Override
    public boolean elsewhere(RoomKey room) {
      return rooms.contains(room);
    }

    @Override
    public Optional<Elsewhere> of(RoomKey room, String identity) {
      return now;
    }

    @Override
    public Optional<Elsewhere> by(Passage passage) {
      return Optional.of(
          new Elsewhere(
              passage.partner(),
              URI.create(passage.url()),
              InetAddress.getLoopbackAddress(),
              passage.jwt()));
    }

    @Override
    public void onChange(Consumer<RoomKey> listener) {
      listeners.add(listener);
    }
  }

  /** Knows who is on the way in, and where. */
  static final class RecordingArrivals implements NativeArrivals {
    private final Map<Object, String> under = new ConcurrentHashMap<>();
    final List<String> heard = new CopyOnWriteArrayList<>();
    volatile CompletionStage<Void> relayLeaves = CompletableFuture.completedFuture(null);

    @Override
    public Way arriving(RoomKey room, String node, String identity) {
      String who = identity + " at " + node;
      Object key = new Object();
      heard.add(who);
      under.put(key, who);
      CompletionStage<Void> free = relayLeaves;
      return new Way() {
        @Override
        public CompletionStage<Void> free() {
          return free;
        }

        @Override
        public void over() {
          under.remove(key);
        }
      };
    }

    List<String> underWay() {
      return List.copyOf(under.values());
    }
  }

  /** Hears of moves, and says when the relay is ready. */
  static final class RecordingWitness implements MoveWitness {
    final List<String> heard = new CopyOnWriteArrayList<>();

    final List<String> silent = new CopyOnWriteArrayList<>();

    /** Of clients that are bound to a peer, in the order of the news. */
    final List<String> rebound = new CopyOnWriteArrayList<>();

    volatile boolean ready = true;

    @Override
    public void silent(String node) {
      silent.add(node);
    }

    @Override
    public void moving(RoomKey room, String from, String to, boolean switched) {
      heard.add((switched ? "switched " : "moving ") + room.room() + " " + from + ">" + to);
    }

    @Override
    public void ended(RoomKey room, String from, String to, boolean moved) {
      heard.add((moved ? "moved " : "stayed ") + room.room());
    }

    @Override
    public void goingElsewhere(RoomKey room, String node) {
      rebound.add("going from " + node);
    }

    @Override
    public void bound(RoomKey room, String identity, boolean elsewhere) {
      rebound.add(identity + (elsewhere ? " is there" : " is not there"));
    }

    @Override
    public boolean remotesReady(RoomKey room, String node) {
      return ready;
    }
  }

  int port() {
    return server.actualPort();
  }

  static JsonObject claims(String room, String identity) {
    long now = Instant.now().getEpochSecond();
    return new JsonObject()
        .put("iss", GATE_KEY.id())
        .put("sub", identity)
        .put("name", "Alice")
        .put("nbf", now - 5)
        .put("exp", now + 600)
        .put("video", new JsonObject().put("roomJoin", true).put("room", room));
  }

  static String token(String room, String identity) {
    return Jws.sign(claims(room, identity), GATE_KEY);
  }

  /** Sends a request as it is and gives back the head of the answer, with the socket behind it. */
  record Reply(String head, Socket socket) {
    int status() {
      return Integer.parseInt(head.substring(9, 12));
    }
  }

  Reply request(String target, String... headers) throws IOException {
    Socket socket = send(target, headers);
    return new Reply(Wire.head(socket.getInputStream()), socket);
  }

  /** Sends a request and leaves it at that. */
  Socket send(String target, String... headers) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(10_000);
    StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: a.example\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    socket
        .getOutputStream()
        .write(request.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  static final String[] UPGRADE = {
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    "Origin: https://call.example"
  };

  Reply upgrade(String target) throws IOException {
    return request(target, UPGRADE);
  }

  /** A client that got in. */
  Wire join(String room, String identity) throws IOException {
    Reply reply = upgrade("/rtc/v1?access_token=" + token(room, identity) + "&join_request=abc");
    if (reply.status() != 101) {
      throw new AssertionError("not let in: " + reply.head());
    }
    return new Wire(reply.socket(), true);
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
