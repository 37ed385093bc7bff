package dev.weir.service.openid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.service.net.AddressGuard;
import dev.weir.service.net.GuardedHttp;
import dev.weir.service.openid.Verdict.Refused;
import dev.weir.service.openid.Verdict.Unreachable;
import dev.weir.service.openid.Verdict.Verified;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OpenIdVerifierTest {
  private final Vertx vertx = Vertx.vertx();
  private FakeMatrix matrix;
  private OpenIdVerifier verifier;

  @BeforeEach
  void start() throws IOException {
    matrix = new FakeMatrix(null);
    AddressGuard strict = AddressGuard.allowing("");
    GuardedHttp strangers = new GuardedHttp(vertx, matrix, strict, true);
    GuardedHttp configured =
        new GuardedHttp(vertx, matrix, AddressGuard.allowing("127.0.0.0/8"), true);
    Optional<URI> base = Optional.of(matrix.url());
    verifier =
        new OpenIdVerifier(
            new OpenIdVerifier.Way(strangers, new ServerNameResolver(strangers, matrix)),
            new OpenIdVerifier.Way(configured, new ServerNameResolver(configured, matrix)),
            new OpenIdVerifier.Ours() {
              @Override
              public Optional<URI> baseUrl(String serverName) {
                return serverName.equals("own.example") ? base : Optional.empty();
              }

              @Override
              public boolean isNamed(String serverName) {
                return false;
              }
            });
  }

  @AfterEach
  void stop() {
    matrix.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void acceptsTheUserThatTheHomeserverNames() {
    matrix.owns("t1", "@alice:own.example");
    assertThat(verifier.verify(new OpenIdToken("t1", "own.example")))
        .isEqualTo(new Verified("@alice:own.example"));
  }

  @Test
  void refusesATokenThatTheHomeserverDoesNotKnow() {
    assertThat(verifier.verify(new OpenIdToken("forged", "own.example")))
        .isInstanceOf(Refused.class);
  }

  @Test
  void refusesAUserOfAnotherServer() {
    matrix.owns("t2", "@mallory:other.example");
    assertThat(verifier.verify(new OpenIdToken("t2", "own.example"))).isInstanceOf(Refused.class);
  }

  @Test
  void escapesATokenThatTriesToChangeTheQuestion() {
    matrix.owns("x", "@alice:own.example");
    assertThat(verifier.verify(new OpenIdToken("y&access_token=x", "own.example")))
        .isInstanceOf(Refused.class);
    assertThat(matrix.asked).allSatisfy(path -> assertThat(path).endsWith("=y%26access_token%3Dx"));
  }

  @Test
  void neverAsksAServerWhoseAddressIsPrivate() {
    matrix.owns("t3", "@alice:127.0.0.1:" + matrix.port());
    assertThat(verifier.verify(new OpenIdToken("t3", "127.0.0.1:" + matrix.port())))
        .isInstanceOf(Unreachable.class);
    assertThat(matrix.asked).isEmpty();
  }

  @Test
  void doesNotKeepANo() {
    OpenIdToken token = new OpenIdToken("late", "own.example");
    assertThat(verifier.verify(token)).isInstanceOf(Refused.class);
    matrix.owns("late", "@alice:own.example");
    assertThat(verifier.verify(token)).isInstanceOf(Verified.class);
  }

  @Test
  void asksOnceForQuestionsAtTheSameMoment() throws ExecutionException, InterruptedException {
    matrix.owns("t4", "@alice:own.example");
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      var verdicts =
          IntStream.range(0, 20)
              .mapToObj(
                  i -> clients.submit(() -> verifier.verify(new OpenIdToken("t4", "own.example"))))
              .toList();
      for (Future<Verdict> verdict : verdicts) {
        assertThat(verdict.get()).isInstanceOf(Verified.class);
      }
    }
    assertThat(matrix.asked).hasSize(1);
  }

  @Test
  void refusesAnAnswerThatIsTooLarge() {
    matrix.answers.put(
        "/_matrix/federation/v1/openid/userinfo?access_token=big",
        new FakeMatrix.Answer(
            200, "{\"sub\":\"@a:own.example\",\"x\":\"" + "y".repeat(70_000) + "\"}"));
    assertThat(verifier.verify(new OpenIdToken("big", "own.example")))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void saysThatAServerErrorIsNoVerdict() {
    matrix.answers.put(
        "/_matrix/federation/v1/openid/userinfo?access_token=down",
        new FakeMatrix.Answer(503, "{}"));
    assertThat(verifier.verify(new OpenIdToken("down", "own.example")))
        .isInstanceOf(Unreachable.class);
  }
}
