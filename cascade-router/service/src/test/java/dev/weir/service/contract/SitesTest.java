package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several homeservers in one deployment, told apart by path prefix or host name. */
@ExtendWith(Deployment.Shared.class)
class SitesTest {
  private final Deployment deployment;

  SitesTest(Deployment deployment) {
    this.deployment = deployment;
  }

  private static String body(FakeHomeserver homeserver) {
    String openId = Bodies.openId(homeserver.openId("pia"), homeserver.name());
    return Bodies.sfuGet("!sites:x", openId, "");
  }

  @Test
  void aPathPrefixPicksTheSite() {
    Reply reply = deployment.post("/second/site/sfu/get", body(deployment.prefixed)).isOk();
    assertThat(reply.json().path("url").asText())
        .isEqualTo(deployment.signallingUrl() + "/second/site");
    assertThat(reply.claims().path("video").path("canPublish").asBoolean()).isTrue();
    assertThat(deployment.ask("GET", "/second/site/healthz", Map.of(), "").status()).isEqualTo(200);
  }

  @Test
  void aHostNamePicksTheSite() {
    Map<String, String> host = Map.of("Host", Deployment.NAMED_HOST);
    Reply reply = deployment.ask("POST", "/sfu/get", host, body(deployment.named)).isOk();
    assertThat(reply.json().path("url").asText()).isEqualTo("ws://" + Deployment.NAMED_HOST);
  }

  @Test
  void usersOfOneSiteAreStrangersAtAnother() {
    assertThat(
            deployment
                .post("/sfu/get", body(deployment.named))
                .isOk()
                .claims()
                .path("video")
                .path("canPublish")
                .asBoolean(true))
        .isFalse();
  }

  @Test
  void aSiteMayTurnStrangersAway() {
    deployment
        .post("/second/site/sfu/get", body(deployment.home))
        .isError(403, "M_FORBIDDEN")
        .isReadableByBrowsers();
  }

  @Test
  void aHostThatNamesNoSiteFindsNone() {
    Map<String, String> host = Map.of("Host", "elsewhere.example");
    deployment.ask("POST", "/sfu/get", host, body(deployment.home)).isError(404, "M_NOT_FOUND");
  }
}
