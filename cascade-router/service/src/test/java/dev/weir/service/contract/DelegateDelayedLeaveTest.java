package dev.weir.service.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code POST /delegate_delayed_leave}: leaves that are handed over after connecting. */
@ExtendWith(Deployment.Shared.class)
class DelegateDelayedLeaveTest {
  private static final String PATH = "/delegate_delayed_leave";
  private static final String DELAY = ",\"delay_id\":\"handed-over\",\"delay_timeout\":10000";
  private final Deployment deployment;
  private final FakeHomeserver home;

  DelegateDelayedLeaveTest(Deployment deployment) {
    this.deployment = deployment;
    this.home = deployment.home;
  }

  @Test
  void answersAClientThatOnlyLooksWhetherItIsThere() {
    Reply probe = deployment.ask("POST", PATH, Map.of("Origin", "https://call.example"), "");
    assertThat(probe.isReadableByBrowsers().status()).isEqualTo(400);
  }

  @Test
  void answersWithAnEmptyObjectOnceTheLeaveIsKept() {
    String openId = Bodies.openId(home.openId("dora"), home.name());
    Reply reply =
        deployment.post(PATH, Bodies.getToken("!d:x", openId, home.user("dora"), DELAY)).isOk();
    assertThat(reply.isReadableByBrowsers().body()).isEqualTo("{}");
  }

  @Test
  void refusesALeaveOfAStranger() {
    FakeHomeserver stranger = deployment.stranger;
    String openId = Bodies.openId(stranger.openId("dirk"), stranger.name());
    deployment
        .post(PATH, Bodies.getToken("!d:x", openId, stranger.user("dirk"), DELAY))
        .isError(403, "M_FORBIDDEN")
        .isReadableByBrowsers();
  }

  @Test
  void refusesAForgedToken() {
    String openId = Bodies.openId("forged", home.name());
    deployment
        .post(PATH, Bodies.getToken("!d:x", openId, home.user("dora"), DELAY))
        .isError(401, "M_UNAUTHORIZED");
  }

  @Test
  void wantsTheDelay() {
    String openId = Bodies.openId(home.openId("dora"), home.name());
    deployment
        .post(PATH, Bodies.getToken("!d:x", openId, home.user("dora"), ""))
        .isError(400, "M_BAD_JSON");
  }
}
