package dev.weir.e2e.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TestRuns;
import dev.weir.e2e.stack.Site;
import java.time.Duration;
import java.util.List;
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
  private static final Duration WATCHED = Duration.ofSeconds(12);

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
    List<CallUser> people = people(pair, one, two);
    String room = Calls.among(run, people, SOON);
    List<String> memberEvents = people.getFirst().user().callMemberEvents(room);
    String holding = nodes.holding(people);
    Pictures.of(people, "node-loss-before");

    nodes.process(holding).kill();
    Gaps gaps = new Gaps(people);
    gaps.watch(WATCHED);
    System.out.printf("%s and %s: %s%n", one, two, gaps);
    nodes.startAgain(holding);

    nobodyIsLost(people, room, memberEvents);
    assertThat(nodes.holding(people)).isNotEqualTo(holding);
    within(gaps);
  }

  @Test
  void twoNodesThatDieOneAfterTheOtherLoseNobody() {
    List<CallUser> people = people("two", ElementCall.CURRENT, ElementCall.LEGACY);
    String room = Calls.among(run, people, SOON);
    List<String> memberEvents = people.getFirst().user().callMemberEvents(room);
    String first = nodes.holding(people);
    Pictures.of(people, "node-loss-before");

    nodes.process(first).kill();
    for (CallUser person : people) {
      CallChecks.seesTheFirstFrames(person, SOON);
    }
    String second = nodes.holding(people);
    nodes.process(second).kill();
    Gaps gaps = new Gaps(people);
    gaps.watch(WATCHED);
    System.out.printf("the second node: %s%n", gaps);
    nodes.startAgain(first);
    nodes.startAgain(second);

    nobodyIsLost(people, room, memberEvents);
    within(gaps);
  }

  private static List<CallUser> people(String mark, ElementCall one, ElementCall two) {
    return List.of(
        run.seat(run.register("alice-" + mark, site), one),
        run.seat(run.register("bob-" + mark, site), two));
  }

  private static void nobodyIsLost(List<CallUser> people, String room, List<String> memberEvents) {
    CallChecks.see(people, SOON);
    Pictures.of(people, "node-loss-after");
    for (CallUser person : people) {
      CallChecks.hears(person, SOON);
      CallChecks.encryptsEverything(person);
      CallChecks.decryptsEverything(person, Duration.ofSeconds(2));
      assertThat(person.tiles()).as("people that %s shows", person.name()).isEqualTo(2);
    }
    assertThat(people.getFirst().user().callMemberEvents(room))
        .as("nobody left")
        .isEqualTo(memberEvents);
  }

  /** Wide, for machines on which browsers starve; the figures are printed for those who compare. */
  private static void within(Gaps gaps) {
    gaps.each()
        .forEach(
            gap -> {
              assertThat(gap.audio()).as("audio of %s", gap.person().name()).isLessThan(6);
              assertThat(gap.video()).as("video of %s", gap.person().name()).isLessThan(10);
            });
  }
}
