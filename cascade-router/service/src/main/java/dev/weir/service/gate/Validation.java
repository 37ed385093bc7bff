package dev.weir.service.gate;

import dev.weir.service.net.Exchange;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/** Asks a backend's {@code /validate}: what a client does when its WebSocket would not open. */
final class Validation {

  private static final int MAX_REPLY = 4096;

  /** The backend's word, when it is a yes. */
  record Reply(String text) {}

  private final HttpClient client;
  private final Duration patience;

  Validation(Vertx vertx, Duration patience) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout(Math.toIntExact(patience.toMillis())));
    this.patience = patience;
  }

  Future<Hold.Found<Reply>> ask(Binding binding, String target, Map<String, String> headers) {
    URI base = binding.url();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost(base.getHost())
            .setPort(BackendDial.port(base))
            .setServer(BackendDial.server(binding))
            .setURI(target)
            .setTimeout(patience.toMillis());
    options.setSsl(BackendDial.secure(base));
    headers.forEach(options::putHeader);
    return Exchange.of(client, options, MAX_REPLY)
        .map(
            reply ->
                reply.status() == 200
                    ? new Hold.Found.Open<>(new Reply(reply.body().toString()))
                    : Hold.<Reply>judged(reply.status()));
  }
}
