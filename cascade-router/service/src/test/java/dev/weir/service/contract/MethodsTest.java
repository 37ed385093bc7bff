package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Preflights, wrong methods and paths, probes and webhooks. */
@ExtendWith(Deployment.Shared.class)
class MethodsTest {
  private static final String CLIENT = "/_matrix/client/v1/rtc/livekit/";
  private final Deployment deployment;

  MethodsTest(Deployment deployment) {
    this.deployment = deployment;
  }

  private Reply ask(String method, String path) {
    return deployment.ask(method, path, Map.of(), "");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/sfu/get",
        "/get_token",
        "/delegate_delayed_leave",
        CLIENT + "get_token",
        CLIENT + "delegate_delayed_leave"
      })
  void letBrowsersAskAndRefuseOtherMethods(String path) {
    assertThat(ask("OPTIONS", path).isReadableByBrowsers().status()).isEqualTo(200);
    for (String method : new String[] {"GET", "PUT", "DELETE", "PATCH"}) {
      Reply reply = ask(method, path).isReadableByBrowsers();
      assertThat(reply.status()).as(method).isEqualTo(405);
      assertThat(reply.header("allow")).contains("POST, OPTIONS");
    }
  }

  @Test
  void tellProbesThatTheRouterIsThere() {
    assertThat(ask("GET", "/healthz").status()).isEqualTo(200);
    assertThat(ask("HEAD", "/healthz").status()).isEqualTo(200);
    assertThat(ask("POST", "/healthz").status()).isEqualTo(405);
    assertThat(ask("DELETE", "/healthz").status()).isEqualTo(405);
  }

  @Test
  void answerEveryWebhookWith200WhateverItSays() {
    for (String body : new String[] {"", "{not json", "{\"event\":\"participant_left\"}"}) {
      assertThat(deployment.post("/sfu_webhook", body).status()).isEqualTo(200);
    }
    Map<String, String> forged = Map.of("Authorization", "eyJhbGciOiJIUzI1NiJ9.e30.x");
    assertThat(deployment.ask("POST", "/sfu_webhook", forged, "{}").status()).isEqualTo(200);
    assertThat(ask("GET", "/sfu_webhook").status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/sfu",
        "/sfu/get/",
        "/sfu/get/more",
        "/get_tokens",
        "//get_token",
        "/q/metrics",
        "/_matrix/client/v1/rtc/livekit/other",
        "/_matrix/federation/v1/rtc/livekit/delegate_delayed_leave"
      })
  void knowNoOtherPath(String path) {
    assertThat(deployment.post(path, "{}").status()).isEqualTo(404);
  }
}
