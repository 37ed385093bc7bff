package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.service.config.Preflight;
import dev.weir.service.ports.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In place of the token service: nothing but its environment variables. */
class DropInTest {
  private static final String SHORT_SECRET = "secret";
  private final Keys keys = new Keys();
  @TempDir Path folder;
  private FakeHomeserver home;
  private FakeHomeserver stranger;
  private FakeSfu sfu;
  private int port;

  @BeforeEach
  void start() throws IOException {
    RouterProcess.jar();
    home = new FakeHomeserver(keys);
    stranger = new FakeHomeserver(keys);
    sfu = new FakeSfu();
    port = FreePorts.next();
  }

  @AfterEach
  void stop() {
    home.close();
    stranger.close();
    sfu.close();
  }

  private Map<String, String> environment(Map<String, String> more) {
    Map<String, String> all =
        new HashMap<>(
            Map.of(
                "LIVEKIT_URL",
                sfu.url(),
                "LIVEKIT_KEY",
                "devkey",
                "LIVEKIT_SECRET",
                SHORT_SECRET,
                "LIVEKIT_JWT_BIND",
                "127.0.0.1:" + port,
                "LIVEKIT_FULL_ACCESS_HOMESERVERS",
                home.name(),
                "LIVEKIT_CS_API_URL_OVERRIDES",
                home.name() + "=" + home.clientApi(),
                "LIVEKIT_INSECURE_SKIP_VERIFY_TLS",
                "YES_I_KNOW_WHAT_I_AM_DOING"));
    all.putAll(more);
    return all;
  }

  private Reply post(String path, String body) throws IOException {
    try (Line line = new Line(port)) {
      return line.ask("POST", path, Map.of(), body.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void givesOutTheUrlUnchangedAndTokensOfTheNodesOwnKey() throws Exception {
    try (RouterProcess router =
        RouterProcess.start(folder, port, environment(Map.of()), List.of()).awaitReady()) {
      Reply own =
          post(
                  "/sfu/get",
                  Bodies.sfuGet("!d:x", Bodies.openId(home.openId("ada"), home.name()), ""))
              .isOk();
      assertThat(own.json().path("url").asText()).isEqualTo(sfu.url());
      assertThat(own.claims().path("iss").asText()).isEqualTo("devkey");
      assertThat(own.json().path("jwt").asText()).satisfies(DropInTest::isSignedByTheSecret);
      assertThat(sfu.room(own.claims().path("video").path("room").asText())).isPresent();

      Reply restricted =
          post(
                  "/sfu/get",
                  Bodies.sfuGet("!e:x", Bodies.openId(stranger.openId("sid"), stranger.name()), ""))
              .isOk();
      JsonNode grants = restricted.claims().path("video");
      assertThat(grants.path("canPublish").asBoolean()).as("as that service").isTrue();
      assertThat(sfu.room(grants.path("room").asText())).as("no room for them").isEmpty();

      assertThat(post("/rtc?access_token=x", "").status()).as("there is no gate").isEqualTo(404);

      router.askToStop();
      assertThat(router.exitCode()).isEqualTo(143);
      assertThat(router.log()).doesNotContain("secret").doesNotContain("openid-of-ada");
    }
  }

  @Test
  void takesOverTheJobsOfRedisAndKeepsThemThere() throws Exception {
    try (FakeRedis redis = new FakeRedis("hunter2")) {
      String legacy = home.user("rob") + ":DEV";
      redis.jobs.put("[\"roomhash\",\"" + legacy + "\"]", job("robs", 8, "roomhash", legacy, 0));
      redis.jobs.put("[\"roomhash\",\"h4sh\"]", job("hashed", 8, "roomhash", "h4sh", 0));
      redis.jobs.put("[\"roomhash\",\"late\"]", job("late", 8, "roomhash", "late", 60));
      redis.jobs.put("odd", "{not json");
      sfu.haveRoom("roomhash");
      sfu.join("roomhash", legacy);
      sfu.join("roomhash", "h4sh");
      Map<String, String> more =
          Map.of(
              "LIVEKIT_REDIS_URL",
              "redis://127.0.0.1:" + redis.port() + "/3",
              "LIVEKIT_REDIS_PASSWORD",
              "hunter2");
      try (RouterProcess router =
          RouterProcess.start(folder, port, environment(more), List.of()).awaitReady()) {
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () ->
                    assertThat(home.asked)
                        .anyMatch(asked -> asked.contains("/delayed_events/robs/restart"))
                        .anyMatch(asked -> asked.contains("/delayed_events/hashed/restart")));
        assertThat(redis.jobs).doesNotContainKey("[\"roomhash\",\"late\"]");
        Instant seen = restartedAt(redis, "[\"roomhash\",\"h4sh\"]");
        Awaitility.await()
            .atMost(Duration.ofSeconds(15))
            .until(() -> restartedAt(redis, "[\"roomhash\",\"h4sh\"]").isAfter(seen));

        String openId = Bodies.openId(home.openId("new"), home.name());
        Reply reply =
            post(
                    "/sfu/get",
                    Bodies.sfuGet("!n:x", openId, ",\"delay_id\":\"news\",\"delay_timeout\":9000"))
                .isOk();
        String field =
            "[\""
                + reply.claims().path("video").path("room").asText()
                + "\",\""
                + home.user("new")
                + ":DEVICE\"]";
        Awaitility.await().untilAsserted(() -> assertThat(redis.jobs).containsKey(field));
        JsonNode params =
            FakeHomeserver.json(Objects.requireNonNull(redis.jobs.get(field))).path("Params");
        assertThat(params.path("DelayId").asText()).isEqualTo("news");
        assertThat(params.path("DelayTimeout").asLong()).isEqualTo(9_000_000_000L);
        assertThat(params.path("ServerName").asText()).isEqualTo(home.name());

        sfu.leave("roomhash", legacy);
        Awaitility.await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () ->
                    assertThat(home.asked)
                        .anyMatch(asked -> asked.contains("/delayed_events/robs/send")));
        Awaitility.await()
            .untilAsserted(
                () ->
                    assertThat(redis.jobs).doesNotContainKey("[\"roomhash\",\"" + legacy + "\"]"));
        assertThat(home.asked).noneMatch(asked -> asked.contains("/delayed_events/hashed/send"));
        assertThat(router.log()).doesNotContain("hunter2");
      }
    }
  }

  @Test
  void endsWithAClearMessageForEachContradiction() throws Exception {
    Map<String, String> wrong =
        environment(
            Map.of(
                "LIVEKIT_JWT_PORT", "8080",
                "LIVEKIT_UNHEARD_OF", "1",
                "LIVEKIT_LOG_LEVEL", "loud",
                "LIVEKIT_INSECURE_SKIP_VERIFY_TLS", "yes"));
    try (RouterProcess router = RouterProcess.start(folder, port, wrong, List.of())) {
      assertThat(router.exitCode()).isEqualTo(1);
      assertThat(router.log().lines().filter(line -> line.startsWith("weir: ")))
          .hasSize(4)
          .anyMatch(line -> line.contains("LIVEKIT_JWT_BIND and LIVEKIT_JWT_PORT"))
          .anyMatch(line -> line.contains("LIVEKIT_UNHEARD_OF"))
          .anyMatch(line -> line.contains("LIVEKIT_LOG_LEVEL"))
          .anyMatch(line -> line.contains("LIVEKIT_INSECURE_SKIP_VERIFY_TLS"));
      assertThat(router.log()).doesNotContain("at dev.weir").doesNotContain(SHORT_SECRET + "'");
      assertThat(Preflight.problems(wrong)).hasSize(4);
    }
  }

  private String job(String delayId, int seconds, String room, String identity, int ago) {
    return """
    {"Params":{"DelayId":"%s","DelayTimeout":%d,"ServerName":"%s","LiveKitRoom":"%s",
     "LiveKitIdentity":"%s"},"RestartedAt":"%s"}\
    """
        .formatted(
            delayId,
            seconds * 1_000_000_000L,
            home.name(),
            room,
            identity,
            Instant.now().plusSeconds(20).minusSeconds(ago));
  }

  private static Instant restartedAt(FakeRedis redis, String field) throws IOException {
    return Instant.parse(
        FakeHomeserver.json(Objects.requireNonNull(redis.jobs.get(field)))
            .path("RestartedAt")
            .asText());
  }

  private static void isSignedByTheSecret(String jwt) {
    try {
      int dot = jwt.lastIndexOf('.');
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SHORT_SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] expected = mac.doFinal(jwt.substring(0, dot).getBytes(StandardCharsets.US_ASCII));
      assertThat(java.util.Base64.getUrlDecoder().decode(jwt.substring(dot + 1)))
          .isEqualTo(expected);
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void runsWhereNothingCanBeWritten() throws Exception {
    Path file = Files.writeString(folder.resolve("no-folder"), "");
    Map<String, String> more = Map.of("WEIR_DATA_DIR", file.toString());
    try (RouterProcess router =
        RouterProcess.start(folder, port, environment(more), List.of()).awaitReady()) {
      String openId = Bodies.openId(home.openId("ada"), home.name());
      post("/sfu/get", Bodies.sfuGet("!d:x", openId, ",\"delay_id\":\"d\",\"delay_timeout\":9000"))
          .isOk();
      assertThat(router.log()).contains("event=jobs-in-memory");
    }
  }
}
