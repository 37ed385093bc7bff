package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.RouterReplicas;
import dev.weir.e2e.stack.Site;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two people in an encrypted call of a site with three replicas of the router and two SFU nodes.
 * The replica that both are connected through goes.
 */
@Tag("browser")
class RouterReplicasTest {
  private static Run run;
  private static Site site;
  private static PoolOfNodes nodes;
  private static RouterReplicas replicas;

  @BeforeAll
  static void startASiteOfThreeReplicasAndTwoNodes() {
    run = TestRuns.start(RouterReplicasTest.class, 1, true);
    site = run.federation().site("a");
    nodes = new PoolOfNodes(run, site, 2);
    replicas = new RouterReplicas(run.processes(), site, 3);
  }

  @AfterAll
  static void end() {
    if (replicas != null) {
      replicas.close();
    }
    TestRuns.end(run);
  }

  @AfterEach
  void everybodyGoesHomeAndAllIsUpAgain() {
    run.sendEverybodyHome();
    replicas.startAgain();
    nodes.startAgain();
  }

  @Test
  void aReplicaThatIsShutDownHandsItsPeopleOver() throws InterruptedException {
    Talk talk = talk("down", ElementCall.CURRENT, ElementCall.LEGACY);
    Thread shuttingDown = Thread.startVirtualThread(() -> replicas.shutDown(0));
    Gaps gaps = talk.watch("a replica is shut down");
    shuttingDown.join();

    talk.nobodyIsLost();
    Talk.within(gaps, 5, 8);
  }

  @Test
  void aReplicaThatIsKilledIsReplacedByAnotherWhileSoundGoesOn() {
    Talk talk = talk("killed", ElementCall.CURRENT, ElementCall.CURRENT);
    String node = nodes.holding(talk.people());
    replicas.kill(0);
    Gaps gaps = talk.watch("a replica is killed");

    talk.nobodyIsLost();
    assertThat(nodes.holding(talk.people())).as("the call stays at its node").isEqualTo(node);
    Talk.within(gaps, 2, 8);
  }

  @Test
  void twoOfThreeReplicasAndTheNodeDieAtTheSameTime() {
    Talk talk = talk("all", ElementCall.CURRENT, ElementCall.CURRENT);
    String node = nodes.holding(talk.people());
    replicas.kill(0);
    replicas.kill(1);
    nodes.process(node).kill();
    talk.watch("two of three replicas and the node die");

    talk.nobodyIsLost();
    assertThat(nodes.holding(talk.people())).isNotEqualTo(node);
  }

  private static Talk talk(String mark, ElementCall one, ElementCall two) {
    Talk talk = new Talk(run, site, mark, "replica", one, two);
    assertThat(replicas.connections(0)).as("clients at the first replica").isEqualTo(2);
    return talk;
  }
}
