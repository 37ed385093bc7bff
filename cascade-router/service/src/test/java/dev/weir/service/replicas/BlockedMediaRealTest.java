package dev.weir.service.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * alice@a talks at her own site, and so does bob@b, as a guest of a in b's annex, while media
 * between the two sites' servers is cut; both can reach both SFUs. Two packaged routers, two
 * LiveKit servers, clients of LiveKit's protocol.
 */
@Tag("real")
class BlockedMediaRealTest {
  private static final String CALL = "!call:a.test";

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

  /** Guests are sent to their own site as soon as the partners are connected. */
  private Deployment.Token guest() {
    Deployment.Token[] given = {null};
    Callable<Boolean> sentHome =
        () -> {
          given[0] = a.token(CALL, "bob", b);
          return b.isGateOf(given[0]);
        };
    await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofSeconds(1)).until(sentHome);
    return given[0];
  }

  private static Duration untilHeard(Caller caller, Duration patience) {
    long began = System.nanoTime();
    long before = caller.heard();
    await()
        .atMost(patience)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> caller.heard() > before + 25);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private List<String> nativeAtTheFocus() {
    return a.node().people(Deployment.liveKitRoom(CALL)).stream()
        .filter(person -> !person.containsAttributes("weir.relayed"))
        .map(person -> person.getIdentity())
        .toList();
  }

  @Test
  void theGuestGoesOnAtTheFocusAndComesBackAndNobodyIsThrownOut() throws Exception {
    Caller alice = crowd.talk("alice", a.token(CALL, "alice", a));
    Caller bob = crowd.talk("bob", guest());
    for (Caller caller : crowd.all()) {
      untilHeard(caller, Duration.ofSeconds(20));
    }
    assertThat(nativeAtTheFocus()).containsExactly(a.identity("alice"));

    a.link().cutOffThePartner(true);
    b.link().cutOffThePartner(true);
    long cut = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              long before = alice.heard() + bob.heard();
              await().pollDelay(Duration.ofMillis(500)).until(() -> true);
              return alice.heard() + bob.heard() == before;
            });
    untilHeard(bob, Duration.ofSeconds(30));
    Duration bobs = Duration.ofNanos(System.nanoTime() - cut);
    untilHeard(alice, Duration.ofSeconds(10));
    Duration alices = Duration.ofNanos(System.nanoTime() - cut);
    System.out.printf(
        "cut to sound: bob %d ms, alice %d ms%n", bobs.toMillis(), alices.toMillis());
    assertThat(nativeAtTheFocus())
        .containsExactlyInAnyOrder(a.identity("alice"), b.identity("bob"));
    assertThat(b.router().explain(CALL))
        .contains("so its clients are sent to a.test directly (there now: 1)");

    a.link().cutOffThePartner(false);
    b.link().cutOffThePartner(false);
    long healed = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> nativeAtTheFocus().equals(List.of(a.identity("alice"))));
    System.out.printf("healed to back: %d ms%n", (System.nanoTime() - healed) / 1_000_000);
    for (Caller caller : crowd.all()) {
      System.out.printf(
          "%s: sound again after %d ms, told %s%n",
          caller.name(),
          untilHeard(caller, Duration.ofSeconds(20)).toMillis(),
          caller.losses());
      assertThat(caller.ends()).as(caller.name()).isEmpty();
    }
    assertThat(alice.joins()).as("alice was left alone").isEqualTo(1);
    assertThat(bob.joins()).as("there and back").isEqualTo(3);
    assertThat(bobs).isLessThan(Duration.ofSeconds(15));
    assertThat(alices).isLessThan(Duration.ofSeconds(15));
  }
}
