package dev.weir.service.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Writes answers the way clients of the token service expect them. */
final class Exchange {
  private static final String HEADERS =
      "Accept, Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token";

  private Exchange() {}

  /** Browsers ask from any origin, and read errors only with these headers on them. */
  static void allowBrowsers(HttpServerRequest request) {
    request
        .response()
        .putHeader("Access-Control-Allow-Origin", "*")
        .putHeader("Access-Control-Allow-Methods", "POST")
        .putHeader("Access-Control-Allow-Headers", HEADERS);
  }

  static void json(HttpServerRequest request, int status, JsonObject body) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(Buffer.buffer(body.encode()));
  }

  static void empty(HttpServerRequest request, int status) {
    HttpServerResponse response = request.response();
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).end();
    }
  }

  static void error(HttpServerRequest request, ApiError error) {
    JsonObject body =
        new JsonObject().put("errcode", error.code()).put("error", error.getMessage());
    error
        .retryAfter()
        .ifPresent(
            after -> {
              request
                  .response()
                  .putHeader(
                      "Retry-After",
                      String.valueOf(Math.max(1, after.plusMillis(999).toSeconds())));
              if (error.status() == 429) {
                body.put("retry_after_ms", after.toMillis());
              }
            });
    json(request, error.status(), body);
  }
}
