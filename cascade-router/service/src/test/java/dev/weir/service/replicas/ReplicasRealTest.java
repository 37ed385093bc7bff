package dev.weir.service.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three replicas of one site. */
@Tag("real")
class ReplicasRealTest {
  private static final String CALL = "!call:a.test";

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

  private void everybodySeesEverybody() {
    Set<String> all = Set.copyOf(crowd.all().stream().map(Caller::name).toList());
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () -> {
              for (Caller caller : crowd.all()) {
                assertThat(caller.ends()).as(caller.name()).isEmpty();
                assertThat(caller.isUp()).as(caller.name()).isTrue();
                assertThat(all)
                    .as("who is missing for " + caller.name())
                    .allMatch(
                        name ->
                            name.equals(caller.name()) || caller.sees(Deployment.identity(name)));
              }
            });
  }

  @Test
  void whicheverReplicaIsAskedACallHasOnePlaceAndAllOfThemKnowWhoIsInIt() throws Exception {
    try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
      // All at once, for calls that no replica has heard of.
      for (int call = 0; call < 5; call++) {
        String roomId = "!" + call + ":a.test";
        List<Callable<Deployment.Token>> asks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          RouterProcess router = site.routers.get(i % 3);
          String name = "u" + i;
          asks.add(() -> site.tokenAt(router, roomId, name));
        }
        for (Future<Deployment.Token> token : askers.invokeAll(asks)) {
          assertThat(token.get().url().toString()).contains(site.balancer.authority());
        }
        int places = 0;
        for (SfuNode node : site.nodes) {
          places +=
              node.api().listRooms().stream()
                      .anyMatch(room -> room.getName().equals(Deployment.liveKitRoom(roomId)))
                  ? 1
                  : 0;
        }
        assertThat(places).as("places of call " + call).isEqualTo(1);
      }
    }
    for (String name : List.of("alice", "anna", "abel")) {
      crowd.join(name, site.token(CALL, name));
    }
    everybodySeesEverybody();
    for (RouterProcess router : site.routers) {
      await()
          .atMost(Duration.ofSeconds(5))
          .untilAsserted(
              () ->
                  assertThat(router.members(CALL).keySet())
                      .containsExactlyInAnyOrder(
                          Deployment.user("alice"),
                          Deployment.user("anna"),
                          Deployment.user("abel")));
    }
  }

  @Test
  void whenAReplicaIsKilledUnderLoadOneRetryHealsEveryRequestAndCallsGoOn() throws Exception {
    for (int i = 0; i < 6; i++) {
      crowd.join("u" + i, site.token(CALL, "u" + i));
    }
    everybodySeesEverybody();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger retried = new AtomicInteger();
    Map<String, String> failed = new ConcurrentHashMap<>();
    try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
      IntStream.range(0, 16)
          .forEach(
              asker ->
                  askers.submit(
                      () -> {
                        for (int i = 0; !over.get(); i++) {
                          String roomId = "!load" + asker + "-" + i % 5 + ":a.test";
                          String name = "l" + asker + "-" + i;
                          asked.incrementAndGet();
                          try {
                            site.token(roomId, name);
                          } catch (Exception first) {
                            retried.incrementAndGet();
                            try {
                              site.token(roomId, name);
                            } catch (Exception second) {
                              failed.put(asker + "/" + i, first + " then " + second);
                            }
                          }
                        }
                        return null;
                      }));
      await().until(() -> asked.get() > 200);
      int before = asked.get();
      site.routers.getFirst().kill();
      await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() > before + 600);
      await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
      over.set(true);
    }
    System.out.printf(
        "killed one of three: %d requests, %d needed a retry, %d failed%n",
        asked.get(), retried.get(), failed.size());
    assertThat(failed).isEmpty();
    everybodySeesEverybody();
    for (RouterProcess router : site.routers.subList(1, 3)) {
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(router.members(CALL)).hasSize(6));
    }
    assertThat(site.people(CALL)).hasSize(1);
    site.routers.getFirst().startAgain();
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(site.routers.getFirst().members(CALL)).hasSize(6));
  }

  @Test
  void aReplicaThatDiesWhileADeadNodesRoomMovesLosesNobody() throws Exception {
    for (int i = 0; i < 6; i++) {
      crowd.join("u" + i, site.token(CALL, "u" + i));
    }
    everybodySeesEverybody();
    String holding = site.people(CALL).keySet().iterator().next();
    SfuNode node = site.nodes.stream().filter(n -> n.id().equals(holding)).findFirst().get();
    node.kill();
    // About when the room is on its way to the other node, by whichever replica.
    await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    site.routers.getFirst().kill();
    long killed = System.nanoTime();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> site.people(CALL).values().stream().anyMatch(all -> all.size() == 6));
    System.out.printf(
        "a node and one of three replicas killed: all six are back after %d ms%n",
        Duration.ofNanos(System.nanoTime() - killed).toMillis());
    everybodySeesEverybody();
    assertThat(site.people(CALL)).hasSize(1).doesNotContainKey(holding);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(site.routers.getLast().members(CALL)).hasSize(6));
  }

  @Test
  void aRollingRestartOfAllReplicasLosesNobody() throws Exception {
    for (int i = 0; i < 6; i++) {
      crowd.join("u" + i, site.token(CALL, "u" + i));
    }
    everybodySeesEverybody();
    for (RouterProcess router : site.routers) {
      long began = System.nanoTime();
      router.stop();
      System.out.printf(
          "a replica took %d ms to hand over%n",
          Duration.ofNanos(System.nanoTime() - began).toMillis());
      everybodySeesEverybody();
      router.startAgain();
    }
    everybodySeesEverybody();
    crowd.all().forEach(caller -> System.out.println(caller.name() + " " + caller.losses()));
    for (Caller caller : crowd.all()) {
      // A replica that goes or comes says "try again"; nobody is told that the call is over.
      assertThat(caller.losses())
          .as(caller.name())
          .allMatch(why -> why.contains("reconnect") || why.contains("HTTP 503"));
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                site.routers.forEach(
                    router -> assertThat(router.members(CALL)).as(router.ip()).hasSize(6)));
  }

  @Test
  void aLegOfAReplicaThatIsKilledIsTakenOverWithinFiveSeconds() throws Exception {
    // A call over both nodes, as when the first one is full: the parts are bridged by legs.
    site.token(CALL, "listener");
    crowd.talk("talker", site.token(CALL, "talker"));
    String first = site.people(CALL).keySet().iterator().next();
    SfuNode second =
        site.nodes.stream().filter(node -> !node.id().equals(first)).findFirst().orElseThrow();
    Caller listener = crowd.join("listener", second.ticket(CALL, "listener"));
    await().atMost(Duration.ofSeconds(20)).until(() -> listener.heard() > 50);
    RouterProcess owner =
        site.routers.stream()
            .filter(router -> router.legs(CALL, "UP") > 0)
            .findFirst()
            .orElseThrow();
    owner.kill();
    long killed = System.nanoTime();
    List<RouterProcess> left = site.routers.stream().filter(router -> router != owner).toList();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> left.stream().anyMatch(router -> router.legs(CALL, "UP") > 0));
    long before = listener.heard();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> listener.heard() > before + 10);
    Duration took = Duration.ofNanos(System.nanoTime() - killed);
    System.out.println(
        "kill -9 to sound over a leg of another replica: " + took.toMillis() + " ms");
    assertThat(took).isLessThan(Duration.ofSeconds(5));
    assertThat(left.stream().filter(router -> router.legs(CALL, "UP") > 0)).hasSize(1);
    everybodySeesEverybody();
  }
}
