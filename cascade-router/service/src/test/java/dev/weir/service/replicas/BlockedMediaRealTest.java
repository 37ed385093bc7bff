package dev.weir.service.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.session.Member;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * alice@a talks at her own site, and bob@b watches her in b's annex, while media between the two
 * sites' servers is cut; both can reach both SFUs. Two packaged routers, two LiveKit servers,
 * clients of LiveKit's protocol.
 */
@Tag("real")
class BlockedMediaRealTest extends TwoPeeredSites {

  private static String identity(Member member) {
    return Identities.of(member, Scheme.THREE_TUPLE);
  }

  @Test
  void theViewerGoesOnAtTheFocusAndComesBackAndNobodyIsThrownOut() throws Exception {
    String alicesIdentity = identity(a.member("alice"));
    Caller alice = crowd.talk("alice", a.token(CALL, a.member("alice")));
    Caller bob = crowd.join("bob", a.tokenForHome(CALL, b, "bob"));
    bob.untilItHears(Duration.ofSeconds(20));
    assertThat(nativeAtTheFocus()).containsExactly(alicesIdentity);

    a.link().cutOffThePartner(true);
    b.link().cutOffThePartner(true);
    long cut = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () -> {
              long before = bob.heard();
              await().pollDelay(Duration.ofMillis(500)).until(() -> true);
              return bob.heard() == before;
            });
    bob.untilItHears(Duration.ofSeconds(40));
    Duration silence = Duration.ofNanos(System.nanoTime() - cut);
    System.out.printf("cut to sound: %d ms, told %s%n", silence.toMillis(), bob.losses());
    assertThat(nativeAtTheFocus())
        .containsExactlyInAnyOrder(alicesIdentity, identity(b.member("bob")));
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () ->
                assertThat(b.router().explain(CALL))
                    .contains("so its clients are sent to a.test directly (there now: 1)"));

    a.link().cutOffThePartner(false);
    b.link().cutOffThePartner(false);
    long healed = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> bob.joins() == 3);
    Duration back = Duration.ofNanos(System.nanoTime() - healed);
    Duration gap = bob.untilItHears(Duration.ofSeconds(20));
    System.out.printf(
        "healed to back: %d ms, then sound after %d ms%n", back.toMillis(), gap.toMillis());
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> nativeAtTheFocus().equals(List.of(alicesIdentity)));
    for (Caller caller : crowd.all()) {
      assertThat(caller.ends()).as(caller.name()).isEmpty();
    }
    assertThat(alice.joins()).as("alice was left alone").isEqualTo(1);
    assertThat(bob.joins()).as("there and back").isEqualTo(3);
    assertThat(silence).isLessThan(Duration.ofSeconds(15));
  }
}
