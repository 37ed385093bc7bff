package dev.weir.service.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Takes a request's body, no larger and no slower than allowed. */
final class Intake {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(10);

  private final Vertx vertx;

  Intake(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Exactly one of both is called, on the event loop. */
  void read(
      HttpServerRequest request, int limit, Consumer<byte[]> whole, Consumer<ApiError> broken) {
    AtomicBoolean done = new AtomicBoolean();
    Buffer body = Buffer.buffer();
    long timer =
        vertx.setTimer(
            TIME_LIMIT.toMillis(),
            id -> {
              if (done.compareAndSet(false, true)) {
                // Whoever sends a byte now and then would hold the connection for ever.
                broken.accept(new ApiError(408, "M_UNKNOWN", "The request took too long"));
                request.connection().close();
              }
            });
    request.handler(
        chunk -> {
          if (done.get()) {
            return;
          }
          if (body.length() + chunk.length() > limit) {
            done.set(true);
            vertx.cancelTimer(timer);
            broken.accept(ApiError.tooLarge());
          } else {
            body.appendBuffer(chunk);
          }
        });
    request.exceptionHandler(
        gone -> {
          done.set(true);
          vertx.cancelTimer(timer);
        });
    request.endHandler(
        end -> {
          if (done.compareAndSet(false, true)) {
            vertx.cancelTimer(timer);
            whole.accept(body.getBytes());
          }
        });
  }
}
