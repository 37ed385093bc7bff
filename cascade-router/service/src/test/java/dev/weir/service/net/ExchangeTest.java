package dev.weir.service.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExchangeTest {
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();
  private int port;

  @BeforeEach
  void serve() {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  switch (String.valueOf(request.path())) {
                    case "/quick" -> request.response().end("ok");
                    case "/endless" -> request.response().setChunked(true).write("and so on");
                    case "/large" -> request.response().end("x".repeat(5_000));
                    default ->
                        request
                            .body()
                            .onSuccess(
                                body ->
                                    request
                                        .response()
                                        .setStatusCode(429)
                                        .putHeader("retry-after", "7")
                                        .end(body));
                  }
                })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    port = server.actualPort();
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private RequestOptions to(String path, long millis) {
    return new RequestOptions().setHost("127.0.0.1").setPort(port).setURI(path).setTimeout(millis);
  }

  private CompletableFuture<Exchange.Whole> ask(String path, long millis) {
    return Exchange.of(client, to(path, millis), Buffer.buffer("{}"), 4_096)
        .toCompletionStage()
        .toCompletableFuture();
  }

  @Test
  void givesStatusHeadersAndBody() {
    Exchange.Whole whole = ask("/echo", 5_000).join();
    assertThat(whole.status()).isEqualTo(429);
    assertThat(whole.headers().get("Retry-After")).isEqualTo("7");
    assertThat(whole.body().toString()).isEqualTo("{}");
  }

  /** Threads of their own, so that an answer may be there before the asking thread goes on. */
  @Test
  void anAnswerThatIsThereAtOnceIsHeardOnAnyThread() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
      List<CompletableFuture<Exchange.Whole>> asked =
          IntStream.range(0, 3_000)
              .mapToObj(
                  i ->
                      CompletableFuture.supplyAsync(() -> ask("/quick", 60_000), threads)
                          .thenCompose(answer -> answer))
              .toList();
      CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).get(50, TimeUnit.SECONDS);
      assertThat(asked).allMatch(answer -> answer.join().body().toString().equals("ok"));
    }
  }

  @Test
  void anAnswerWithoutAnEndFailsInTime() {
    assertThatThrownBy(() -> ask("/endless", 300).join())
        .hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void anAnswerThatIsTooLargeFails() {
    assertThatThrownBy(() -> ask("/large", 5_000).join()).hasCauseInstanceOf(IOException.class);
  }

  @Test
  void nobodyThereFails() {
    RequestOptions options = to("/quick", 2_000).setPort(1);
    assertThatThrownBy(
            () -> Exchange.of(client, options, 10).toCompletionStage().toCompletableFuture().join())
        .hasCauseInstanceOf(IOException.class);
  }
}
