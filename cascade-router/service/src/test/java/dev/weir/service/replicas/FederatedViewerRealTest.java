package dev.weir.service.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A client of the newest generation gets its token through its own homeserver and dials the URL of
 * the other site's membership event. Two packaged routers, two LiveKit servers, clients of
 * LiveKit's protocol.
 */
@Tag("real")
class FederatedViewerRealTest extends TwoPeeredSites {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Member BOB = new Member("@bob:b.test", "", "bobs-member");

  private List<String> atHome() {
    return natives(b, Room.view(Site.of("a.test")));
  }

  /** Empty until the two sites are connected: until then the focus serves everybody itself. */
  private static String leadsTo(Deployment.Token token) throws IOException {
    byte[] claims = Base64.getUrlDecoder().decode(token.jwt().split("\\.")[1]);
    return JSON.readTree(claims).path("weir_passage").path("partner").asText();
  }

  private Deployment.Token bobsToken() {
    Deployment.Token[] given = {null};
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              given[0] = b.tokenThroughTheHomeserver(CALL, a, BOB);
              return leadsTo(given[0]).equals("b.test");
            });
    return given[0];
  }

  @Test
  void isServedAtHomeAndByTheFocusWhenItsHomeIsAway() throws Exception {
    Member alice = a.member("alice");
    String alicesIdentity = Identities.of(alice, Scheme.THREE_TUPLE);
    Caller talking = crowd.talk("alice", a.token(CALL, alice));

    Caller bob = crowd.join("bob", bobsToken());
    Duration heard = bob.untilItHears(Duration.ofSeconds(20));
    assertThat(nativeAtTheFocus()).as("at the focus").containsExactly(alicesIdentity);
    assertThat(atHome())
        .as("in the annex at home")
        .containsExactly(Identities.of(BOB, Scheme.TWO_TUPLE, Role.VIEW));

    b.router().kill();
    long killed = System.nanoTime();
    await().atMost(Duration.ofSeconds(20)).until(() -> bob.joins() > 1 && bob.isUp());
    bob.untilItHears(Duration.ofSeconds(20));
    System.out.printf(
        "heard after %d ms at home; home killed, heard at the focus after %d ms, told %s%n",
        heard.toMillis(), Duration.ofNanos(System.nanoTime() - killed).toMillis(), bob.losses());
    assertThat(nativeAtTheFocus())
        .containsExactlyInAnyOrder(alicesIdentity, Identities.of(BOB, Scheme.TWO_TUPLE));
    assertThat(talking.joins()).as("alice was left alone").isEqualTo(1);
    for (Caller caller : crowd.all()) {
      assertThat(caller.ends()).as(caller.name()).isEmpty();
    }
  }
}
