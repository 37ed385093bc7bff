package dev.weir.service.gate;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One handshake waiting for its room. While a room is being made or moved, a node may be gone or
 * may not know the room yet; a client that was told so would give up for good. So the gate binds
 * and dials again until it works, the client goes away, or the hold is over.
 */
final class Hold {

  /** What one try found. */
  sealed interface Found<T> {
    record Open<T>(T what) implements Found<T> {}

    /** The backend's own word about the request, which trying again will not change. */
    record Final<T>(int status) implements Found<T> {}

    /** Ours to solve; {@code roomUnknown} when the node did not know the room. */
    record Again<T>(boolean roomUnknown) implements Found<T> {}
  }

  /** How a hold ended. */
  sealed interface End<T> {
    record Opened<T>(Binding binding, T what) implements End<T> {}

    record Refused<T>(int status) implements End<T> {}

    record TimedOut<T>() implements End<T> {}
  }

  private Hold() {}

  /** What a backend's refusal means: the client's own fault, or ours to solve. */
  static <T> Found<T> judged(int status) {
    boolean ours = status == 401 || status == 403 || status == 404 || status == 429;
    return status >= 400 && status < 500 && !ours
        ? new Found.Final<>(status)
        : new Found.Again<>(status == 404);
  }

  /** Tries until an end is found; all on the context of the caller. */
  static <T> Future<End<T>> on(
      Vertx vertx,
      GateSettings settings,
      Function<Boolean, Future<Binding>> bind,
      Function<Binding, Future<Found<T>>> dial,
      BooleanSupplier clientIsGone) {
    Promise<End<T>> end = Promise.promise();
    long giveUpAt = System.nanoTime() + settings.hold().toNanos();
    new Tries<>(vertx, settings.retryEvery(), giveUpAt, bind, dial, clientIsGone, end).once(false);
    return end.future();
  }

  /** The loop, unrolled over the event loop's time. */
  private record Tries<T>(
      Vertx vertx,
      Duration pause,
      long giveUpAt,
      Function<Boolean, Future<Binding>> bind,
      Function<Binding, Future<Found<T>>> dial,
      BooleanSupplier clientIsGone,
      Promise<End<T>> end) {

    void once(boolean roomUnknown) {
      if (clientIsGone.getAsBoolean() || System.nanoTime() >= giveUpAt) {
        end.tryComplete(new End.TimedOut<>());
        return;
      }
      Context context = vertx.getOrCreateContext();
      bind.apply(roomUnknown)
          .onComplete(
              bound ->
                  context.runOnContext(next -> bound(bound.succeeded() ? bound.result() : null)));
    }

    private void bound(@org.jspecify.annotations.Nullable Binding binding) {
      if (binding == null) {
        later(false);
        return;
      }
      dial.apply(binding)
          .onSuccess(
              found -> {
                switch (found) {
                  case Found.Open<T> open ->
                      end.tryComplete(new End.Opened<>(binding, open.what()));
                  case Found.Final<T> word -> {
                    if (binding.isAtPeer()) {
                      later(true);
                    } else {
                      end.tryComplete(new End.Refused<>(word.status()));
                    }
                  }
                  // Whom a peer does not take is served here, as well as it can be.
                  case Found.Again<T> again -> later(again.roomUnknown() || binding.isAtPeer());
                }
              })
          .onFailure(broken -> later(binding.isAtPeer()));
    }

    private void later(boolean roomUnknown) {
      vertx.setTimer(Math.max(1, pause.toMillis()), again -> once(roomUnknown));
    }
  }
}
