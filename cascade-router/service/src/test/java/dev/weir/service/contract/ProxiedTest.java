package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of a homeserver's users and of other servers that the homeserver passes on. */
@ExtendWith(Deployment.Shared.class)
class ProxiedTest {
  private static final String CLIENT = "/_matrix/client/unstable/io.element.msc4195/rtc/livekit/";
  private static final String FEDERATION =
      "/_matrix/federation/unstable/io.element.msc4195/rtc/livekit/get_token";
  private static final String USER = "X-Matrix-User-Identifier";
  private static final String ORIGIN = "X-Matrix-Origin";

  private final Deployment deployment;
  private final FakeHomeserver home;

  ProxiedTest(Deployment deployment) {
    this.deployment = deployment;
    this.home = deployment.home;
  }

  private String body(String url, String room, String more) {
    return """
    {"url":"%s","room_id":"%s","slot_id":"m.call#ROOM","member_id":"m1"%s}\
    """
        .formatted(url, room, more);
  }

  private Reply token(String body) {
    return deployment.proxied(CLIENT + "get_token", USER, home.user("carl"), body);
  }

  @ParameterizedTest
  @ValueSource(strings = {CLIENT, "/_matrix/client/v1/rtc/livekit/"})
  void aUserOfTheHomeserverGetsATokenNamedByTheMemberAlone(String path) {
    String body = body(deployment.signallingUrl(), "!p:x", "");
    Reply reply = deployment.proxied(path + "get_token", USER, home.user("carl"), body).isOk();

    assertThat(reply.isReadableByBrowsers().json()).hasSize(1);
    assertThat(reply.claims().path("sub").asText())
        .isEqualTo(GetTokenTest.hash("[\"" + home.user("carl") + "\",\"m1\"]"));
    assertThat(reply.claims().path("video").path("canPublish").asBoolean()).isTrue();
    assertThat(home.asked)
        .anyMatch(
            asked ->
                asked.startsWith(
                        "GET /_matrix/client/unstable/io.element.msc4502/rooms/!p:x/is_joined")
                    && asked.contains("mxid=" + home.user("carl"))
                    && asked.endsWith("Bearer " + Deployment.AS_TOKEN));
  }

  @Test
  void theGenerationWithAMemberAndNoUrlIsToldTheUrl() {
    Reply reply =
        token(
                """
                {"server_name":"%s","room_id":"!p:x","slot_id":"m.call#ROOM",
                 "member":{"id":"m1","claimed_user_id":"@ignored:x","claimed_device_id":"D"}}\
                """
                    .formatted(home.name()))
            .isOk();

    assertThat(reply.json().path("url").asText()).isEqualTo(deployment.signallingUrl());
    assertThat(reply.claims().path("sub").asText())
        .isEqualTo(GetTokenTest.hash("[\"" + home.user("carl") + "\",\"D\",\"m1\"]"));
  }

  @Test
  void anotherServersTokenIsFetchedThroughTheHomeserver() {
    Reply reply =
        token(body("wss://sfu.remote.example", "!p:x", ",\"server_name\":\"remote.example\""))
            .isOk();

    assertThat(reply.json().path("jwt").asText()).isEqualTo("remote.jwt.x");
    assertThat(home.asked)
        .anyMatch(
            asked ->
                asked.contains("/appservice/fed_proxy")
                    && asked.contains("\"destination\":\"remote.example\"")
                    && asked.contains("\"user_id\":\"" + home.user("carl") + "\"")
                    && asked.contains("\"url\":\"wss://sfu.remote.example\""));
  }

  @Test
  void theHomeserverProvesItselfByItsToken() {
    Map<String, String> wrong = Map.of("Authorization", "Bearer wrong", USER, home.user("carl"));
    deployment
        .ask("POST", CLIENT + "get_token", wrong, "{}")
        .isError(401, "M_UNKNOWN_TOKEN")
        .isReadableByBrowsers();
    deployment
        .ask("POST", CLIENT + "get_token", Map.of(USER, home.user("carl")), "{}")
        .isError(401, "M_MISSING_TOKEN");
    deployment
        .proxied(CLIENT + "get_token", USER, "", body(deployment.signallingUrl(), "!p:x", ""))
        .isError(401, "M_UNAUTHORIZED");
  }

  @Test
  void badRequestsAreToldApart() {
    String ours = deployment.signallingUrl();
    token(body("wss://elsewhere.example", "!p:x", "")).isError(400, "M_INVALID_PARAM");
    token(body("", "!p:x", "")).isError(400, "M_BAD_JSON");
    token("{\"url\":\"" + ours + "\"}").isError(400, "M_BAD_JSON");
    token("{not json").isError(400, "M_NOT_JSON");
    token(body(ours, "!p:x", ",\"surprise\":1")).isError(400, "M_NOT_JSON");
    deployment
        .proxied(CLIENT + "get_token", USER, "not-an-mxid", body(ours, "!p:x", ""))
        .isError(400, "M_INVALID_PARAM");
  }

  @Test
  void onlyMembersOfTheRoomGetIn() {
    home.notJoined("!closed:x", home.user("carl"));
    token(body(deployment.signallingUrl(), "!closed:x", "")).isError(403, "M_FORBIDDEN");
    home.membershipAway = true;
    try {
      token(body(deployment.signallingUrl(), "!p:x", "")).isError(502, "M_UNKNOWN");
    } finally {
      home.membershipAway = false;
    }
  }

  @Test
  void anotherServersUserMayWatchWhenBothServersKnowTheRoom() {
    String user = "@rita:remote.example";
    String body = body(deployment.signallingUrl(), "!f:x", ",\"user_id\":\"" + user + "\"");

    Reply reply = deployment.proxied(FEDERATION, ORIGIN, "remote.example", body).isOk();
    assertThat(reply.json()).hasSize(1);
    assertThat(reply.claims().path("sub").asText())
        .isEqualTo(GetTokenTest.hash("[\"" + user + "\",\"m1\"]"));
    assertThat(reply.claims().path("video").path("canPublish").asBoolean(true)).isFalse();

    deployment.proxied(FEDERATION, ORIGIN, "other.example", body).isError(403, "M_FORBIDDEN");
    deployment.proxied(FEDERATION, ORIGIN, "", body).isError(401, "M_UNAUTHORIZED");
    home.notJoined("!hidden:x", user);
    deployment
        .proxied(FEDERATION, ORIGIN, "remote.example", body.replace("!f:x", "!hidden:x"))
        .isError(403, "M_FORBIDDEN");
    home.notJoined("!unknown:x", home.name());
    deployment
        .proxied(FEDERATION, ORIGIN, "remote.example", body.replace("!f:x", "!unknown:x"))
        .isError(403, "M_FORBIDDEN");
  }

  @Test
  void aLeaveIsKeptWithTheDelayThatTheHomeserverNames() {
    home.delayedEvent("known", "!l:x", 8000);
    String body = body(deployment.signallingUrl(), "!l:x", ",\"delay_id\":\"known\"");
    String path = CLIENT + "delegate_delayed_leave";

    assertThat(deployment.proxied(path, USER, home.user("carl"), body).isOk().body())
        .isEqualTo("{}");
    deployment
        .proxied(path, USER, home.user("carl"), body.replace("known", "unknown"))
        .isError(400, "M_INVALID_PARAM");
    deployment
        .proxied(path, USER, home.user("carl"), body.replace("!l:x", "!other:x"))
        .isError(400, "M_INVALID_PARAM");
    deployment
        .proxied(path, USER, home.user("carl"), body.replace(",\"delay_id\":\"known\"", ""))
        .isError(400, "M_BAD_JSON");
  }
}
