package dev.weir.service.gate;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * One client on its way in to a backend, however often that is tried; at a node of ours the relay
 * makes way first. All on the context of the handshake.
 */
final class Entrance {

  /** A little over what the leases allow; nobody waits for a relay that hangs. */
  private static final long PATIENCE_MILLIS = 400;

  private final Vertx vertx;
  private final BackendDial dial;
  private final NativeArrivals arrivals;
  private final Admission who;
  private String node = "";
  private NativeArrivals.Way way = NativeArrivals.FREE;

  /**
   * A backend that took the client, with raw frames from here on.
   *
   * @param early bytes that have come already
   * @param way to be ended with the backend
   */
  record Entered(NetSocket backend, Buffer early, NativeArrivals.Way way) {
    void close() {
      backend.close();
      way.over();
    }
  }

  Entrance(Vertx vertx, BackendDial dial, NativeArrivals arrivals, Admission who) {
    this.vertx = vertx;
    this.dial = dial;
    this.arrivals = arrivals;
    this.who = who;
  }

  Future<Hold.Found<Entered>> enter(Binding binding, String target, Map<String, String> headers) {
    turnTo(binding);
    NativeArrivals.Way in = way;
    return Future.fromCompletionStage(free(in), vertx.getOrCreateContext())
        .compose(free -> dial.dial(binding, target, headers))
        .map(answer -> found(answer, in));
  }

  private void turnTo(Binding binding) {
    String now = binding.nodeOrEmpty();
    if (!now.equals(node)) {
      way.over();
      node = now;
      // A peer's gate makes its own relay leave.
      way =
          binding.isAtPeer()
              ? NativeArrivals.FREE
              : arrivals.arriving(who.room(), now, who.identity());
    }
  }

  private static CompletionStage<Void> free(NativeArrivals.Way way) {
    return way.free()
        .toCompletableFuture()
        .copy()
        .completeOnTimeout(null, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
        .exceptionally(unknown -> null);
  }

  private static Hold.Found<Entered> found(BackendDial.Answer answer, NativeArrivals.Way way) {
    return switch (answer) {
      case BackendDial.Answer.Upgraded(NetSocket socket, Buffer early) ->
          new Hold.Found.Open<>(new Entered(socket, early, way));
      case BackendDial.Answer.Refused(int status) -> Hold.judged(status);
      case BackendDial.Answer.Unreachable ignored -> new Hold.Found.Again<>(false);
    };
  }

  /** The client did not get in, or turned around on the threshold. */
  void cameToNothing() {
    way.over();
  }
}
