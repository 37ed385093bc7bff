package dev.weir.service.net;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP request and its whole answer. Whoever asks may be on any thread: the answer is listened
 * for before the request goes out, or a quick one would be over before anybody listens, and never
 * end.
 */
public final class Exchange {
  private static final Buffer NOTHING = Buffer.buffer();

  /** An answer, read to its end. */
  public record Whole(int status, MultiMap headers, Buffer body) {}

  private Exchange() {}

  public static Future<Whole> of(HttpClient client, RequestOptions options, int mostBytes) {
    return of(client, options, NOTHING, mostBytes);
  }

  /**
   * Fails when the answer has more bytes than that, or its end has not come within the options'
   * time.
   */
  public static Future<Whole> of(
      HttpClient client, RequestOptions options, Buffer body, int mostBytes) {
    return client
        .request(options)
        .compose(request -> exchange(request, body, mostBytes, options.getTimeout()));
  }

  private static Future<Whole> exchange(
      HttpClientRequest request, Buffer body, int mostBytes, long millis) {
    Future<Whole> whole =
        request
            .response()
            .compose(response -> read(response, mostBytes))
            .timeout(millis, TimeUnit.MILLISECONDS)
            .onFailure(late -> request.reset());
    // A request that cannot be sent fails its response too.
    if (body.length() == 0) {
      request.end();
    } else {
      request.end(body);
    }
    return whole;
  }

  private static Future<Whole> read(HttpClientResponse response, int mostBytes) {
    Promise<Whole> whole = Promise.promise();
    Buffer read = Buffer.buffer();
    response.exceptionHandler(whole::tryFail);
    response.handler(
        chunk -> {
          if (read.length() + chunk.length() > mostBytes) {
            whole.tryFail(new IOException("answer over " + mostBytes + " bytes"));
          } else {
            read.appendBuffer(chunk);
          }
        });
    response.endHandler(
        end -> whole.tryComplete(new Whole(response.statusCode(), response.headers(), read)));
    return whole.future();
  }
}
