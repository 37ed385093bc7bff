package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /get_token}: what newer clients ask. */
@ExtendWith(Deployment.Shared.class)
class GetTokenTest {
  private static final String PATH = "/get_token";
  private final Deployment deployment;
  private final FakeHomeserver home;

  GetTokenTest(Deployment deployment) {
    this.deployment = deployment;
    this.home = deployment.home;
  }

  private String body(String room, String localpart, String claimed, String more) {
    return Bodies.getToken(
        room, Bodies.openId(home.openId(localpart), home.name()), home.user(claimed), more);
  }

  @Test
  void namesTheMemberByTheHashOfUserDeviceAndMemberId() {
    Reply reply = deployment.post(PATH, body("!token:x", "tom", "tom", "")).isOk();

    reply.isReadableByBrowsers();
    assertThat(reply.json().path("url").asText()).isEqualTo(deployment.signallingUrl());
    assertThat(reply.claims().path("sub").asText())
        .isEqualTo(hash("[\"" + home.user("tom") + "\",\"DEVICE\",\"member-1\"]"));
    assertThat(reply.claims().path("video").path("canPublish").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "!roomid:example.com slot1234 O8437W3+jmzMVjoIP3tNwbm+XxHQk2iKpOA7aqw3qSc",
        "!room:example.com m.call#ROOM krj2dgxw2K6EOm9he4GfQJ6JsSVWfJ8a7BkyjZcSmxs",
        "!r:x a&b<c> +B2oV8yqu/0ijMHF1gsQpysVJCXU0CRsHSO8ACCAY5I"
      })
  void namesRoomsAsDeployedServicesDo(String room, String slot, String name) {
    String body = body(room, "tom", "tom", "").replace("m.call#ROOM", slot);

    assertThat(deployment.post(PATH, body).isOk().claims().path("video").path("room").asText())
        .isEqualTo(name);
  }

  @Test
  void writesOddCharactersIntoNamesByTheRulesOfCanonicalJson() {
    String body =
        body("!r:x", "tom", "tom", "").replace("m.call#ROOM", "\\u00e4\\ud83d\\ude00\\\"\\\\/");

    assertThat(deployment.post(PATH, body).isOk().claims().path("video").path("room").asText())
        .isEqualTo(hash("[\"!r:x\",\"\u00e4\ud83d\ude00\\\"\\\\/\"]"));
  }

  @Test
  void refusesAForeignClaim() {
    deployment
        .post(PATH, body("!r:x", "tom", "somebody-else", ""))
        .isError(401, "M_UNAUTHORIZED")
        .isReadableByBrowsers();
  }

  @Test
  void asksTheHomeserverOnlyOnceForTwoEqualQuestionsAtTheSameTime() {
    String body = body("!twice:x", "twin", "twin", "");
    deployment.post(PATH, body).isOk();
    deployment.post(PATH, body).isOk();

    assertThat(home.asked).filteredOn(asked -> asked.contains("openid-of-twin")).hasSize(1);
  }

  @Test
  void letsALeaveOfTheOldEndpointAndOneOfTheNewMeet() {
    String delay = ",\"delay_id\":\"%s\",\"delay_timeout\":3600000";
    String openId = Bodies.openId(home.openId("mia"), home.name());
    deployment.post("/sfu/get", Bodies.sfuGet("!alias:x", openId, delay.formatted("one"))).isOk();
    deployment.post(PATH, body("!alias:x", "mia", "mia", delay.formatted("two"))).isOk();

    // The first one would fire into the session that the second one is for.
    org.awaitility.Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(home.asked)
                    .anyMatch(
                        asked -> asked.matches("POST .*/delayed_events/one/(cancel|send).*")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"room_id\":\"!r:x\",",
        "\"slot_id\":\"m.call#ROOM\",",
        "\"id\":\"member-1\",",
        ",\"claimed_device_id\":\"DEVICE\""
      })
  void saysThatAFieldIsMissing(String field) {
    String body = body("!r:x", "tom", "tom", "");
    assertThat(body).contains(field);
    deployment
        .post(PATH, body.replace(field, ""))
        .isError(400, "M_BAD_JSON")
        .isReadableByBrowsers();
  }

  @Test
  void saysThatTheMemberIsMissing() {
    String openId = Bodies.openId(home.openId("tom"), home.name());
    deployment
        .post(PATH, "{\"room_id\":\"!r:x\",\"slot_id\":\"s\",\"openid_token\":" + openId + "}")
        .isError(400, "M_BAD_JSON");
  }

  @Test
  void refusesAFieldThatItDoesNotKnow() {
    deployment
        .post(PATH, body("!r:x", "tom", "tom", ",\"device_id\":\"D\""))
        .isError(400, "M_NOT_JSON");
  }

  @Test
  void leavesNoSecretAndNoTokenInItsLog() throws IOException {
    Reply reply = deployment.post(PATH, body("!quiet:x", "quinn", "quinn", "")).isOk();
    deployment.post(PATH, body("!quiet:x", "quinn", "not-quinn", ""));

    assertThat(deployment.router.log())
        .doesNotContain("openid-of-quinn")
        .doesNotContain(reply.json().path("jwt").asText())
        .doesNotContain(Deployment.LIVEKIT_SECRET)
        .doesNotContain(Deployment.AS_TOKEN)
        .doesNotContain(Deployment.HS_TOKEN);
  }

  static String hash(String canonicalJson) {
    try {
      return Base64.getEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(canonicalJson.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
