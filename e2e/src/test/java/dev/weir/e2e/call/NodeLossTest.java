package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.Site;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two people of one site in an encrypted call, on one of the site's SFU nodes, which is killed.
 * Today both would be stuck in "Reconnecting..."; with the gate they go on within seconds.
 */
@Tag("browser")
class NodeLossTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static Run run;
  private static Site site;
  private static PoolOfNodes nodes;

  @BeforeAll
  static void startASiteOfThreeNodes() {
    run = TestRuns.start(NodeLossTest.class, 1, true);
    site = run.federation().site("a");
    nodes = new PoolOfNodes(run, site, 3);
  }

  @AfterAll
  static void end() {
    TestRuns.end(run);
  }

  @AfterEach
  void everybodyGoesHome() {
    run.sendEverybodyHome();
  }

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource({"CURRENT, CURRENT", "LEGACY, CURRENT", "LEGACY, LEGACY"})
  void aKilledNodeCostsSecondsAndNobodyLeaves(ElementCall one, ElementCall two) {
    String pair = (one.name().charAt(0) + "" + two.name().charAt(0)).toLowerCase(Locale.ROOT);
    Talk talk = talk(pair, one, two);
    String holding = nodes.holding(talk.people());

    nodes.process(holding).kill();
    Gaps gaps = talk.watch(one + " and " + two);
    nodes.startAgain(holding);

    talk.nobodyIsLost();
    assertThat(nodes.holding(talk.people())).isNotEqualTo(holding);
    Talk.within(gaps, 6, 10);
  }

  @Test
  void twoNodesThatDieOneAfterTheOtherLoseNobody() {
    Talk talk = talk("two", ElementCall.CURRENT, ElementCall.LEGACY);
    String first = nodes.holding(talk.people());

    nodes.process(first).kill();
    for (CallUser person : talk.people()) {
      CallChecks.seesTheFirstFrames(person, SOON);
    }
    String second = nodes.holding(talk.people());
    nodes.process(second).kill();
    Gaps gaps = talk.watch("the second node");
    nodes.startAgain(first);
    nodes.startAgain(second);

    talk.nobodyIsLost();
    Talk.within(gaps, 6, 10);
  }

  private static Talk talk(String mark, ElementCall one, ElementCall two) {
    return new Talk(run, site, mark, "node-loss", one, two);
  }
}
