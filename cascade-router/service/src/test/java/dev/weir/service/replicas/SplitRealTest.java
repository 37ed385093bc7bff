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
  private static final String NEW = "!new:a.test";

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
    // The same new call, asked for in both halves; each half takes the node that it knows as empty.
    site.balancer.remove(one.address());
    Deployment.Token there = site.tokenAt(others.getFirst(), NEW, "abel");
    crowd.talk("abel", there);
    Deployment.Token here = site.tokenAt(one, NEW, "ada");
    site.balancer.add(one.address());
    others.forEach(other -> site.balancer.remove(other.address()));
    crowd.talk("ada", here);
    others.forEach(other -> site.balancer.add(other.address()));
    System.out.println("apart: " + site.people(NEW));
    nobodyHasLeft();

    site.links.heal();
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofSeconds(1))
        .untilAsserted(
            () -> {
              nobodyHasLeft();
              for (RouterProcess router : site.routers) {
                assertThat(router.members(NEW).keySet())
                    .as(router.ip())
                    .containsExactlyInAnyOrder(Deployment.user("abel"), Deployment.user("ada"));
                assertThat(Set.copyOf(router.members(NEW).values())).as(router.ip()).hasSize(1);
                assertThat(router.members(OLD)).hasSize(2);
              }
              assertThat(site.people(NEW)).hasSize(1);
              assertThat(site.people(OLD)).hasSize(1);
            });
    System.out.println("healed: " + site.people(NEW));
    for (Caller caller : crowd.all()) {
      System.out.println(caller.name() + " joins=" + caller.joins() + " " + caller.losses());
      assertThat(caller.isUp()).isTrue();
    }
    for (SfuNode node : site.nodes) {
      assertThat(node.log())
          .doesNotContain("DUPLICATE_IDENTITY")
          .doesNotContain("PARTICIPANT_REMOVED");
    }
  }
}
