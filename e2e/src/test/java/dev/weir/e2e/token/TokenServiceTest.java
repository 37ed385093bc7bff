package dev.weir.e2e.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.process.Program;
import dev.weir.e2e.process.Running;
import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.Loopback;
import dev.weir.e2e.stack.Site;
import dev.weir.e2e.stack.Toolbox;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A real Synapse says who asks, and a real LiveKit takes the token: of a router with files and its
 * gate, and of one that has nothing but the variables of the token service that it replaces.
 */
@Tag("real")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenServiceTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private Run run;
  private Site site;
  private MatrixUser alice;
  private String dropInUrl;

  /** Which of both routers is asked. */
  enum Way {
    WITH_FILES,
    DROP_IN
  }

  @BeforeAll
  void start() throws Exception {
    run = TestRuns.start(TokenServiceTest.class, 1, false);
    Toolbox tools = Toolbox.of(System.getenv());
    site = run.federation().site("a");
    alice = run.register("alice", site);
    int port = new Loopback(new SecureRandom()).freeTcpPort("127.0.0.1");
    dropInUrl = "http://127.0.0.1:" + port;
    Running dropIn =
        run.processes()
            .start(
                new Program(
                    "drop-in router",
                    List.of(
                        tools.java().toString(), "-Xmx256m", "-jar", tools.routerJar().toString()),
                    Map.of(
                        "LIVEKIT_URL", site.address().livekitUrl(),
                        "LIVEKIT_KEY", site.nodeKey().id(),
                        "LIVEKIT_SECRET", site.nodeKey().secret(),
                        "LIVEKIT_JWT_BIND", "127.0.0.1:" + port,
                        "LIVEKIT_FULL_ACCESS_HOMESERVERS", site.address().serverName(),
                        "LIVEKIT_CS_API_URL_OVERRIDES",
                            site.address().serverName() + "=" + site.address().homeserverUrl(),
                        "LIVEKIT_INSECURE_SKIP_VERIFY_TLS", "YES_I_KNOW_WHAT_I_AM_DOING",
                        "QUARKUS_MANAGEMENT_PORT", "0",
                        "WEIR_DATA_DIR", run.logs().resolve("drop-in-data").toString()),
                    Files.createDirectories(run.logs().resolve("drop-in"))));
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .ignoreExceptions()
        .until(
            () ->
                http.send(
                            HttpRequest.newBuilder(URI.create(dropInUrl + "/healthz")).build(),
                            HttpResponse.BodyHandlers.discarding())
                        .statusCode()
                    == 200);
    assertThat(dropIn).isNotNull();
  }

  @AfterAll
  void stop() {
    TestRuns.end(run);
  }

  private String url(Way way) {
    return way == Way.DROP_IN ? dropInUrl : site.address().routerUrl();
  }

  @ParameterizedTest
  @EnumSource
  void aLoggedInUsersTokenIsTakenByLiveKit(Way way) throws Exception {
    HttpResponse<String> answer = ask(url(way) + "/sfu/get", sfuGet("!r:x", alice.openIdToken()));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode json = JSON.readTree(answer.body());
    String signalling = json.path("url").asText();
    if (way == Way.DROP_IN) {
      assertThat(signalling).isEqualTo(site.address().livekitUrl());
    }
    assertThat(validate(signalling, json.path("jwt").asText())).isEqualTo(200);
    assertThat(validate(signalling, json.path("jwt").asText() + "x")).isEqualTo(401);
  }

  @ParameterizedTest
  @EnumSource
  void aForgedTokenIsRefused(Way way) throws Exception {
    ObjectNode forged = alice.openIdToken().put("access_token", "forged");
    assertRefused(ask(url(way) + "/sfu/get", sfuGet("!r:x", forged)));
  }

  @ParameterizedTest
  @EnumSource
  void aForeignClaimIsRefused(Way way) throws Exception {
    assertThat(ask(url(way) + "/get_token", getToken(alice.userId())).statusCode()).isEqualTo(200);
    assertRefused(
        ask(url(way) + "/get_token", getToken("@mallory:" + site.address().serverName())));
  }

  @Test
  void aDelayedLeaveIsKeptForAUserOfTheHomeserver() throws Exception {
    ObjectNode body =
        getToken(alice.userId()).put("delay_id", "made-up").put("delay_timeout", 9000);
    assertThat(ask(dropInUrl + "/delegate_delayed_leave", body).statusCode()).isEqualTo(200);
  }

  private static void assertRefused(HttpResponse<String> answer) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(401);
    assertThat(JSON.readTree(answer.body()).path("errcode").asText()).isEqualTo("M_UNAUTHORIZED");
  }

  private ObjectNode sfuGet(String room, ObjectNode openId) {
    ObjectNode body = JSON.createObjectNode().put("room", room).put("device_id", alice.deviceId());
    body.set("openid_token", openId);
    return body;
  }

  private ObjectNode getToken(String claimed) {
    ObjectNode body = JSON.createObjectNode().put("room_id", "!r:x").put("slot_id", "m.call#ROOM");
    body.set("openid_token", alice.openIdToken());
    body.putObject("member")
        .put("id", "m")
        .put("claimed_user_id", claimed)
        .put("claimed_device_id", alice.deviceId());
    return body;
  }

  private HttpResponse<String> ask(String url, ObjectNode body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /**
   * Asks as clients do when joining has failed: the answer says what the SFU holds of the token.
   */
  private int validate(String signalling, String jwt) throws Exception {
    String url =
        signalling.replaceFirst("^ws", "http").replaceFirst("/+$", "")
            + "/rtc/validate?access_token="
            + URLEncoder.encode(jwt, StandardCharsets.UTF_8);
    return http.send(
            HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
