package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.RouterReplicas;
import dev.weir.e2e.stack.Site;
import java.time.Duration;
import java.util.List;
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
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Duration WATCHED = Duration.ofSeconds(12);

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
    Talk talk = new Talk("down", ElementCall.CURRENT, ElementCall.LEGACY);
    Thread shuttingDown = Thread.startVirtualThread(() -> replicas.shutDown(0));
    Gaps gaps = talk.watch("a replica is shut down");
    shuttingDown.join();

    talk.nobodyIsLost();
    within(gaps, 5, 8);
  }

  @Test
  void aReplicaThatIsKilledIsReplacedByAnotherWhileSoundGoesOn() {
    Talk talk = new Talk("killed", ElementCall.CURRENT, ElementCall.CURRENT);
    replicas.kill(0);
    Gaps gaps = talk.watch("a replica is killed");

    talk.nobodyIsLost();
    assertThat(nodes.holding(talk.people)).as("the call stays at its node").isEqualTo(talk.node);
    within(gaps, 2, 8);
  }

  @Test
  void twoOfThreeReplicasAndTheNodeDieAtTheSameTime() {
    Talk talk = new Talk("all", ElementCall.CURRENT, ElementCall.CURRENT);
    replicas.kill(0);
    replicas.kill(1);
    nodes.process(talk.node).kill();
    Gaps gaps = talk.watch("two of three replicas and the node die");

    talk.nobodyIsLost();
    assertThat(nodes.holding(talk.people)).isNotEqualTo(talk.node);
  }

  /** Two people who see and hear each other. */
  private static final class Talk {
    private final String mark;
    private final List<CallUser> people;
    private final String room;
    private final List<String> memberEvents;
    private final String node;

    Talk(String mark, ElementCall one, ElementCall two) {
      this.mark = mark;
      people =
          List.of(
              run.seat(run.register("alice-" + mark, site), one),
              run.seat(run.register("bob-" + mark, site), two));
      room = Calls.among(run, people, SOON);
      memberEvents = people.getFirst().user().callMemberEvents(room);
      node = nodes.holding(people);
      assertThat(replicas.connections(0)).as("clients at the first replica").isEqualTo(2);
      Pictures.of(people, "replica-before");
    }

    Gaps watch(String what) {
      Gaps gaps = new Gaps(people);
      gaps.watch(WATCHED);
      System.out.printf("%s: %s%n", what, gaps);
      return gaps;
    }

    void nobodyIsLost() {
      CallChecks.see(people, SOON);
      Pictures.of(people, "replica-after");
      for (CallUser person : people) {
        CallChecks.hears(person, SOON);
        CallChecks.encryptsEverything(person);
        CallChecks.decryptsEverything(person, Duration.ofSeconds(2));
        assertThat(person.tiles()).as("people that %s shows", person.name()).isEqualTo(2);
      }
      assertThat(people.getFirst().user().callMemberEvents(room))
          .as("nobody left: %s", mark)
          .isEqualTo(memberEvents);
    }
  }

  /** Wide, for machines on which browsers starve; the figures are printed for those who compare. */
  private static void within(Gaps gaps, double audio, double video) {
    gaps.each()
        .forEach(
            gap -> {
              assertThat(gap.audio()).as("audio of %s", gap.person().name()).isLessThan(audio);
              assertThat(gap.video()).as("video of %s", gap.person().name()).isLessThan(video);
            });
  }
}
