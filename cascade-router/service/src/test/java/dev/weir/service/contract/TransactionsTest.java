package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Events that a homeserver sends to its application service. */
@ExtendWith(Deployment.Shared.class)
class TransactionsTest {
  private static final Map<String, String> TOKEN =
      Map.of("Authorization", "Bearer " + Deployment.HS_TOKEN);
  private final Deployment deployment;
  private final FakeHomeserver home;

  TransactionsTest(Deployment deployment) {
    this.deployment = deployment;
    this.home = deployment.home;
  }

  private Reply send(String id, String events) {
    return deployment.ask(
        "PUT", "/_matrix/app/v1/transactions/" + id, TOKEN, "{\"events\":[" + events + "]}");
  }

  private static String membership(String room, String user, String membership) {
    return """
    {"type":"m.room.member","room_id":"%s","state_key":"%s","sender":"%s","origin_server_ts":1,
     "content":{"membership":"%s"}}\
    """
        .formatted(room, user, user, membership);
  }

  @Test
  void whoIsBannedIsRemovedFromTheCallAndGetsNoToken() {
    String user = home.user("banned");
    String openId = Bodies.openId(home.openId("banned"), home.name());
    String body = Bodies.sfuGet("!kick:x", openId, "");
    Reply reply = deployment.post("/sfu/get", body).isOk();
    String room = reply.claims().path("video").path("room").asText();
    deployment.sfu.join(room, user + ":DEVICE");

    // The router sees the participant when it next looks at its node.
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(
            () -> {
              send("ban" + System.nanoTime(), membership("!kick:x", user, "ban")).isOk();
              assertThat(deployment.sfu.removed).contains(user + ":DEVICE");
            });
    deployment.post("/sfu/get", body).isError(403, "M_FORBIDDEN");

    deployment.sfu.removed.clear();
    deployment.sfu.join(room, user + ":DEVICE");
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(() -> assertThat(deployment.sfu.removed).contains(user + ":DEVICE"));

    send("back", membership("!kick:x", user, "join")).isOk();
    Awaitility.await().untilAsserted(() -> deployment.post("/sfu/get", body).isOk());
  }

  @Test
  void theSameTransactionCountsOnce() {
    String user = home.user("repeated");
    String openId = Bodies.openId(home.openId("repeated"), home.name());
    String body = Bodies.sfuGet("!again:x", openId, "");
    send("same", membership("!again:x", user, "leave")).isOk();
    send("rejoined", membership("!again:x", user, "join")).isOk();
    send("same", membership("!again:x", user, "leave")).isOk();
    Awaitility.await().untilAsserted(() -> deployment.post("/sfu/get", body).isOk());
  }

  @Test
  void eventsOfAnyShapeAreTaken() {
    send("odd", "{},{\"type\":5},{\"type\":\"m.room.member\",\"room_id\":\"!x:x\"},[],null,7")
        .isOk();
    assertThat(send("none", "").isOk().body()).isEqualTo("{}");
  }

  @Test
  void onlyTheHomeserverMaySendThem() {
    String path = "/_matrix/app/v1/transactions/1";
    deployment.ask("PUT", path, Map.of(), "{\"events\":[]}").isError(401, "M_MISSING_TOKEN");
    deployment
        .ask("PUT", path, Map.of("Authorization", "Bearer x"), "{\"events\":[]}")
        .isError(401, "M_UNKNOWN_TOKEN");
    deployment.ask("PUT", path, TOKEN, "{not json").isError(400, "M_NOT_JSON");
    deployment.ask("PUT", path, TOKEN, "{}").isError(400, "M_BAD_JSON");
    assertThat(deployment.ask("POST", path, TOKEN, "{}").status()).isEqualTo(405);
  }

  @Test
  void aPingIsAnswered() {
    String body = "{\"transaction_id\":\"t\"}";
    assertThat(deployment.ask("POST", "/_matrix/app/v1/ping", TOKEN, body).isOk().body())
        .isEqualTo("{}");
    deployment.ask("POST", "/_matrix/app/v1/ping", Map.of(), body).isError(401, "M_MISSING_TOKEN");
  }
}
