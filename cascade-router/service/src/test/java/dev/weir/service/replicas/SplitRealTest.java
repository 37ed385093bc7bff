package dev.weir.service.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that are cut in two and find each other again. */
@Tag("real")
class SplitRealTest {
  private static final String OLD = "!old:a.test";

  @TempDir Path folder;
  private Deployment site;
  private final Crowd crowd = new Crowd();

  @BeforeEach
  void start() throws Exception {
    site = new Deployment(folder, 3);
  }

  @AfterEach
  void stop() throws Exception {
    crowd.close();
    site.close();
  }

  private void nobodyHasLeft() {
    for (Caller caller : crowd.all()) {
      assertThat(caller.ends()).as(caller.name()).isEmpty();
    }
  }

  /** A new call that both halves have placed, with somebody of each in it. */
  private String placedTwice(RouterProcess here, List<RouterProcess> there) throws Exception {
    for (int i = 0; i < 8; i++) {
      String call = "!new" + i + ":a.test";
      // With each try this half has sent one more somewhere, and looks for the next one elsewhere.
      site.tokenAt(here, "!decoy" + i + ":a.test", "nobody" + i);
      var ada = site.tokenAt(here, call, "ada");
      var abel = site.tokenAt(there.getFirst(), call, "abel");
      site.balancer.remove(here.address());
      crowd.talk("abel", abel);
      site.balancer.add(here.address());
      there.forEach(other -> site.balancer.remove(other.address()));
      crowd.talk("ada", ada);
      there.forEach(other -> site.balancer.add(other.address()));
      System.out.println("apart: " + site.people(call));
      if (site.people(call).size() == 2) {
        return call;
      }
    }
    throw new AssertionError("both halves take the same node all the time");
  }

  @Test
  void bothHalvesPlaceTheSameCallAndOneCallComesOfIt() throws Exception {
    RouterProcess one = site.routers.get(0);
    List<RouterProcess> others = site.routers.subList(1, 3);
    crowd.join("alice", site.token(OLD, "alice"));
    crowd.join("anna", site.token(OLD, "anna"));

    site.links.cut(Set.of(one.ip()));
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> {
              assertThat(one.members(OLD)).hasSize(2);
              others.forEach(other -> assertThat(other.members(OLD)).hasSize(2));
            });
    String call = placedTwice(one, others);
    // Both halves reach all nodes, and find what the other half has there.
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> {
              for (RouterProcess router : site.routers) {
                assertThat(router.members(call)).as(router.ip()).hasSize(2);
              }
            });
    nobodyHasLeft();

    site.links.heal();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              nobodyHasLeft();
              for (RouterProcess router : site.routers) {
                assertThat(router.members(call).keySet())
                    .as(router.ip())
                    .containsExactlyInAnyOrder(Deployment.user("abel"), Deployment.user("ada"));
                assertThat(Set.copyOf(router.members(call).values())).as(router.ip()).hasSize(1);
                assertThat(router.members(OLD)).hasSize(2);
              }
              assertThat(site.people(call)).hasSize(1);
              assertThat(site.people(OLD)).hasSize(1);
            });
    System.out.println("healed: " + site.people(call));
    for (Caller caller : crowd.all()) {
      System.out.println(caller.name() + " joins=" + caller.joins() + " " + caller.losses());
      assertThat(caller.isUp()).isTrue();
      // Relayed copies of two halves may meet; a person never meets a copy.
      assertThat(caller.losses()).noneMatch(why -> why.contains("DUPLICATE_IDENTITY"));
    }
    for (SfuNode node : site.nodes) {
      assertThat(node.log()).doesNotContain("PARTICIPANT_REMOVED");
    }
  }
}
