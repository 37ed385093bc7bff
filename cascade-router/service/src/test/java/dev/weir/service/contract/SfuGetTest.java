package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.RoomNames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /sfu/get}: what every deployed Element Call asks. */
@ExtendWith(Deployment.Shared.class)
class SfuGetTest {
  private static final String PATH = "/sfu/get";
  private final Deployment deployment;
  private final FakeHomeserver home;

  SfuGetTest(Deployment deployment) {
    this.deployment = deployment;
    this.home = deployment.home;
  }

  private Reply ask(String room, String localpart, String more) {
    String openId = Bodies.openId(home.openId(localpart), home.name());
    return deployment.post(PATH, Bodies.sfuGet(room, openId, more));
  }

  @Test
  void givesTheSignallingUrlAndATokenForTheRoomOfTheCall() {
    Reply reply = ask("!get:x", "anna", "").isOk().isReadableByBrowsers();

    assertThat(reply.json().path("url").asText()).isEqualTo(deployment.signallingUrl());
    assertThat(reply.json()).hasSize(2);
    JsonNode claims = reply.claims();
    assertThat(claims.path("sub").asText()).isEqualTo(home.user("anna") + ":DEVICE");
    JsonNode grants = claims.path("video");
    assertThat(grants.path("room").asText()).isEqualTo(roomName("!get:x"));
    assertThat(grants.path("roomJoin").asBoolean()).isTrue();
    assertThat(grants.path("canPublish").asBoolean()).isTrue();
    assertThat(grants.path("canSubscribe").asBoolean()).isTrue();
    assertThat(grants.path("canUpdateOwnMetadata").asBoolean()).isTrue();
    assertThat(grants.path("roomCreate").asBoolean(true)).isFalse();
    long lifetime = claims.path("exp").asLong() - claims.path("nbf").asLong();
    assertThat(lifetime).isBetween(3600L - 5, 3600L + 120);
  }

  @Test
  void makesTheRoomAsDeployedServicesDo() {
    ask("!made:x", "anna", "").isOk();

    var room = deployment.sfu.room(roomName("!made:x")).orElseThrow();
    assertThat(room.getEmptyTimeout()).isEqualTo(300);
    assertThat(room.getDepartureTimeout()).isEqualTo(20);
    assertThat(room.getMaxParticipants()).isZero();
  }

  @Test
  void takesTheDelayUrlOfAClientAndIgnoresIt() {
    ask("!ignored:x", "anna", ",\"delay_cs_api_url\":\"https://elsewhere.example\"").isOk();
  }

  @Test
  void servesTheOldestClientsWhichNameNoDevice() {
    String openId = Bodies.openId(home.openId("olga"), home.name());
    String body = "{\"room\":\"!nodevice:x\",\"openid_token\":" + openId;

    for (String device : new String[] {"}", ",\"device_id\":\"\"}"}) {
      assertThat(deployment.post(PATH, body + device).isOk().claims().path("sub").asText())
          .isEqualTo(home.user("olga") + ":");
    }
  }

  @Test
  void refusesAForgedToken() {
    String openId = Bodies.openId("forged", home.name());
    deployment
        .post(PATH, Bodies.sfuGet("!r:x", openId, ""))
        .isError(401, "M_UNAUTHORIZED")
        .isReadableByBrowsers();
  }

  @Test
  void refusesAHomeserverThatNamesAUserOfAnother() {
    String token = home.openId("crossed", "@boss:important.example");
    deployment
        .post(PATH, Bodies.sfuGet("!r:x", Bodies.openId(token, home.name()), ""))
        .isError(401, "M_UNAUTHORIZED");
  }

  @Test
  void saysTheSameForAnUnreachableHomeserverAsForAForgedToken() {
    Reply forged =
        deployment.post(PATH, Bodies.sfuGet("!r:x", Bodies.openId("forged", home.name()), ""));
    Reply away =
        deployment.post(PATH, Bodies.sfuGet("!r:x", Bodies.openId("any", "127.0.0.1:1"), ""));
    Reply noName =
        deployment.post(PATH, Bodies.sfuGet("!r:x", Bodies.openId("any", "no/name at:all"), ""));

    assertThat(away.isError(401, "M_UNAUTHORIZED").body()).isEqualTo(forged.body());
    assertThat(noName.body()).isEqualTo(forged.body());
  }

  @Test
  void givesAStrangerAShortTokenToWatchAndMakesNoRoom() {
    FakeHomeserver stranger = deployment.stranger;
    String openId = Bodies.openId(stranger.openId("sam"), stranger.name());

    Reply reply = deployment.post(PATH, Bodies.sfuGet("!strange:x", openId, "")).isOk();

    JsonNode claims = reply.claims();
    assertThat(claims.path("sub").asText()).isEqualTo(stranger.user("sam") + ":DEVICE");
    assertThat(claims.path("video").path("canPublish").asBoolean(true)).isFalse();
    assertThat(claims.path("video").path("canSubscribe").asBoolean()).isTrue();
    assertThat(claims.path("exp").asLong() - claims.path("nbf").asLong()).isLessThan(900);
    assertThat(deployment.sfu.room(roomName("!strange:x"))).isEmpty();
  }

  @Test
  void keepsNoLeaveForAStranger() {
    FakeHomeserver stranger = deployment.stranger;
    String openId = Bodies.openId(stranger.openId("sue"), stranger.name());
    deployment
        .post(PATH, Bodies.sfuGet("!r:x", openId, ",\"delay_id\":\"d\",\"delay_timeout\":8000"))
        .isError(400, "M_BAD_JSON");
  }

  @Test
  void keepsTheLeaveThatComesWithTheRequest() {
    ask("!leave:x", "lena", ",\"delay_id\":\"lenas\",\"delay_timeout\":10000").isOk();
  }

  @Test
  void answers500WhenTheSfuMakesNoRoom() {
    deployment.sfu.refusesRooms = true;
    try {
      ask("!refused:x", "anna", "").isError(500, "M_UNKNOWN").isReadableByBrowsers();
    } finally {
      deployment.sfu.refusesRooms = false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {",\"delay_id\":\"d\"", ",\"delay_timeout\":8000"})
  void wantsBothOrNoneOfTheDelayParameters(String more) {
    ask("!half:x", "anna", more).isError(400, "M_BAD_JSON").isReadableByBrowsers();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{not json",
        "[]",
        "null",
        "\"text\"",
        "{\"room\":\"!r:x\",\"surprise\":1}",
        "{\"room\":{}}",
        "{} {}",
        "{\"room\":\"!r:x\",\"openid_token\":{\"access_token\":\"t\",\"matrix_server_name\":\"x\",\"more\":1},\"device_id\":\"D\"}"
      })
  void refusesWhatIsNotItsJson(String body) {
    deployment.post(PATH, body).isError(400, "M_NOT_JSON").isReadableByBrowsers();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"room\":\"!r:x\",\"device_id\":\"D\"}",
        "{\"openid_token\":{\"access_token\":\"t\",\"matrix_server_name\":\"x\"},\"device_id\":\"D\"}",
        "{\"room\":\"\",\"openid_token\":{\"access_token\":\"t\",\"matrix_server_name\":\"x\"},\"device_id\":\"D\"}",
        "{\"room\":\"!r:x\",\"openid_token\":{\"matrix_server_name\":\"x\"},\"device_id\":\"D\"}",
        "{\"room\":\"!r:x\",\"openid_token\":{\"access_token\":\"t\"},\"device_id\":\"D\"}"
      })
  void saysThatAFieldIsMissing(String body) {
    deployment.post(PATH, body).isError(400, "M_BAD_JSON").isReadableByBrowsers();
  }

  private String roomName(String room) {
    return RoomNames.of(SlotId.ofRoomCall(room), Room.home(Site.of(home.name())));
  }
}
