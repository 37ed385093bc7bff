package dev.weir.service.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.RoomNames;
import dev.weir.session.name.Scheme;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A client of the newest generation gets its token through its own homeserver and dials the URL of
 * the other site's membership event. Two packaged routers, two LiveKit servers, clients of
 * LiveKit's protocol.
 */
@Tag("real")
class FederatedViewerRealTest {
  private static final String CALL = "!call:a.test";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Member BOB = new Member("@bob:b.test", "", "bobs-member");

  @TempDir Path folder;
  private final Crowd crowd = new Crowd();
  private PeeredSite a;
  private PeeredSite b;

  @BeforeEach
  void start() throws Exception {
    a = new PeeredSite(folder, "a");
    b = new PeeredSite(folder, "b");
    a.start(b);
    b.start(a);
    a.router().awaitReady();
    b.router().awaitReady();
  }

  @AfterEach
  void stop() throws Exception {
    crowd.close();
    a.close();
    b.close();
  }

  private static List<String> natives(PeeredSite site, Room room) {
    return site.node().people(RoomNames.of(SlotId.ofRoomCall(CALL), room)).stream()
        .filter(person -> !person.containsAttributes("weir.relayed"))
        .filter(person -> !person.getPermission().getHidden())
        .map(person -> person.getIdentity())
        .toList();
  }

  private List<String> atTheFocus() {
    return natives(a, Room.home(Site.of("a.test")));
  }

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
    assertThat(atTheFocus()).as("at the focus").containsExactly(alicesIdentity);
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
    assertThat(atTheFocus())
        .containsExactlyInAnyOrder(alicesIdentity, Identities.of(BOB, Scheme.TWO_TUPLE));
    assertThat(talking.joins()).as("alice was left alone").isEqualTo(1);
    for (Caller caller : crowd.all()) {
      assertThat(caller.ends()).as(caller.name()).isEmpty();
    }
  }
}
