package dev.weir.service.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * alice@a and bob@b talk, each at the own site, with relays both ways; alice's node is emptied and
 * stopped as the operator does it. What relays leave behind at a node keeps it from ending.
 */
@Tag("real")
class DrainRealTest {
  private static final String CALL = "!call:a.test";
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(15);

  @TempDir Path folder;
  private final Crowd crowd = new Crowd();
  private AdminLine admin;
  private PeeredSite a;
  private PeeredSite b;
  private SfuNode spare;
  private Caller alice;
  private Caller alicesView;
  private Caller bob;
  private Caller bobsView;

  @BeforeEach
  void start() throws Exception {
    admin = new AdminLine(folder.resolve("admin"));
    a = new PeeredSite(folder, "a");
    b = new PeeredSite(folder, "b");
    spare = a.startWithSpare(b, admin.settings());
    b.start(a);
    a.router().awaitReady();
    b.router().awaitReady();
    // A client publishes at its own focus, and sees by a connection for each other one.
    alice = crowd.talk("alice", a.token(CALL, a.member("alice")));
    bob = crowd.talk("bob", b.token(CALL, b.member("bob")));
    alicesView = crowd.join("alice's view", b.tokenForHome(CALL, a, "alice"));
    bobsView = crowd.join("bob's view", a.tokenForHome(CALL, b, "bob"));
    alicesView.untilItHears(SOON);
    bobsView.untilItHears(SOON);
  }

  @AfterEach
  void stop() throws Exception {
    crowd.close();
    admin.close();
    a.close();
    b.close();
  }

  private List<Caller> atA() {
    return List.of(alice, alicesView);
  }

  /** Everybody of a's goes to the node that is not this one. */
  private void empty(SfuNode node) {
    List<Caller> there = atA().stream().filter(caller -> isAt(node, caller)).toList();
    List<Integer> joins = there.stream().map(Caller::joins).toList();
    admin.empty(node.id());
    await("everybody has left " + node.name())
        .atMost(SOON)
        .until(
            () ->
                there.stream().allMatch(Caller::isUp)
                    && there.stream()
                        .map(Caller::joins)
                        .toList()
                        .equals(joins.stream().map(before -> before + 1).toList()));
  }

  private static boolean isAt(SfuNode node, Caller caller) {
    return node.has(caller.room());
  }

  @Test
  void aDrainedNodeEndsThoughRelaysRanBothWaysAndBothGoOnTalking() throws Exception {
    empty(spare);
    assertThat(atA())
        .as("both are where relays go out and come in")
        .allMatch(c -> isAt(a.node(), c));
    alicesView.untilItHears(SOON);
    bobsView.untilItHears(SOON);
    int bobs = bob.joins() + bobsView.joins();

    empty(a.node());
    long moved = System.nanoTime();
    a.node().terminate();

    Duration toAlice = alicesView.untilItHears(SOON);
    Duration toBob = bobsView.untilItHears(SOON);
    await().atMost(ENDS_WITHIN).until(() -> !a.node().isAlive());
    System.out.printf(
        "drained: alice hears bob %d ms after her move, bob alice at most %d ms later; "
            + "the node ended after %d ms%n",
        toAlice.toMillis(), toBob.toMillis(), (System.nanoTime() - moved) / 1_000_000);
    for (Caller caller : crowd.all()) {
      assertThat(caller.ends()).as(caller.name()).isEmpty();
    }
    assertThat(bob.joins() + bobsView.joins()).as("bob was left alone").isEqualTo(bobs);
  }
}
