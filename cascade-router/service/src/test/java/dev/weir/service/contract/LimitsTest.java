package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What one caller can cost the others. */
@ExtendWith(Deployment.Shared.class)
class LimitsTest {
  private static final int PEOPLE = 500;
  private final Deployment deployment;
  private final FakeHomeserver home;

  LimitsTest(Deployment deployment) {
    this.deployment = deployment;
    this.home = deployment.home;
  }

  private byte[] request(String localpart) {
    String openId = Bodies.openId(home.openId(localpart), home.name());
    return Bodies.sfuGet("!limits:x", openId, "").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  @Timeout(300)
  void theStartOfAMeetingBehindOneAddressHitsNoLimit() throws Exception {
    List<Callable<Integer>> asks = new ArrayList<>();
    for (int person = 0; person < PEOPLE; person++) {
      byte[] body = request("guest" + person);
      asks.add(
          () -> {
            try (Line line = new Line(deployment.router.port())) {
              int worst = 0;
              for (int i = 0; i < 4; i++) {
                worst = Math.max(worst, line.ask("POST", "/sfu/get", Map.of(), body).status());
              }
              return worst;
            }
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(64)) {
      for (Future<Integer> worst : threads.invokeAll(asks)) {
        assertThat(worst.get()).isEqualTo(200);
      }
    }
  }

  @Test
  void aUserWhoAsksWithoutEndIsToldToWait() throws IOException {
    byte[] body = request("flood");
    Reply last = null;
    try (Line line = new Line(deployment.router.port(), "127.0.0.77")) {
      for (int i = 0; i < 2_000 && (last == null || last.status() == 200); i++) {
        last = line.ask("POST", "/sfu/get", Map.of(), body);
      }
    }
    assertThat(last).isNotNull();
    last.isError(429, "M_LIMIT_EXCEEDED").isReadableByBrowsers();
    assertThat(last.json().path("retry_after_ms").asLong()).isPositive();
    assertThat(Long.parseLong(last.header("retry-after").orElseThrow())).isPositive();

    deployment.post("/sfu/get", new String(request("calm"), StandardCharsets.UTF_8)).isOk();
  }

  @Test
  void aStrangersHomeserverIsNotAskedWithoutEnd() throws IOException {
    byte[] body =
        Bodies.sfuGet("!r:x", Bodies.openId("forged", deployment.stranger.name()), "")
            .getBytes(StandardCharsets.UTF_8);
    Reply last = null;
    try (Line line = new Line(deployment.router.port(), "127.0.0.78")) {
      for (int i = 0; i < 4_000 && (last == null || last.status() == 401); i++) {
        last = line.ask("POST", "/sfu/get", Map.of(), body);
      }
    }
    assertThat(last).isNotNull();
    last.isError(429, "M_LIMIT_EXCEEDED");
  }

  @Test
  void aBodyMayBeSoLongAndSoDeep() {
    String big = "{\"room\":\"" + "x".repeat(20_000) + "\"}";
    deployment.post("/sfu/get", big).isError(413, "M_TOO_LARGE").isReadableByBrowsers();
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    deployment.post("/sfu/get", deep).isError(400, "M_NOT_JSON");
    deployment.post("/sfu/get", "{\"room\":" + deep + "}").isError(400, "M_NOT_JSON");
    deployment
        .post("/sfu/get", "{\"openid_token\":{\"expires_in\":" + "9".repeat(5_000) + "}}")
        .isError(400, "M_NOT_JSON");
  }

  @Test
  void headersMayBeSoLong() {
    Map<String, String> long16k = Map.of("X-Long", "x".repeat(20_000));
    assertThat(deployment.ask("POST", "/sfu/get", long16k, "{}").status()).isEqualTo(431);
    assertThat(deployment.ask("GET", "/" + "x".repeat(10_000), Map.of(), "").status())
        .isEqualTo(414);
  }

  @Test
  @Timeout(60)
  void whoSendsAHeadByteByByteIsCutOff() throws Exception {
    long since = System.nanoTime();
    try (Line line = new Line(deployment.router.port())) {
      line.say(
          "POST /sfu/get HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
              .getBytes(StandardCharsets.US_ASCII));
      Thread drip = Thread.startVirtualThread(() -> drip(line));
      assertThat(line.isClosedByRouter()).isTrue();
      drip.join();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - since))
        .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(30));
  }

  @Test
  @Timeout(60)
  void whoSendsABodyByteByByteIsCutOff() throws Exception {
    try (Line line = new Line(deployment.router.port())) {
      line.say(
          "POST /sfu/get HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9000\r\n\r\n{"
              .getBytes(StandardCharsets.US_ASCII));
      Thread drip = Thread.startVirtualThread(() -> drip(line));
      assertThat(line.hear("POST").status()).isEqualTo(408);
      drip.join();
    }
  }

  /** Says something every second for as long as somebody listens. */
  private static void drip(Line line) {
    try {
      for (int i = 0; i < 40; i++) {
        line.say(new byte[] {'x'});
        java.util.concurrent.locks.LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
      }
    } catch (IOException e) {
      // The router has hung up, which is what is tested.
      return;
    }
  }
}
