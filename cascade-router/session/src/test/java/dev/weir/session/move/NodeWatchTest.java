package dev.weir.session.move;

import static dev.weir.session.move.NodeWatch.Reach.REACHED;
import static dev.weir.session.move.NodeWatch.Reach.REFUSED;
import static dev.weir.session.move.NodeWatch.Reach.SILENT;
import static dev.weir.session.move.NodeWatch.Verdict.DOWN;
import static dev.weir.session.move.NodeWatch.Verdict.SERVING;
import static dev.weir.session.move.NodeWatch.Verdict.SETTLING;
import static dev.weir.session.move.NodeWatch.Verdict.SUSPECT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.move.NodeWatch.Health;
import dev.weir.session.move.NodeWatch.Reach;
import dev.weir.session.move.NodeWatch.Report;
import dev.weir.session.move.NodeWatch.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeWatchTest {

  private static final Instant T = Instant.parse("2026-11-21T00:00:00Z");
  private static final Set<String> ONE = Set.of("r1");
  private static final Set<String> TWO = Set.of("r1", "r2");
  private static final Duration SILENCE = Duration.ofSeconds(3);
  private final NodeWatch watch = new NodeWatch(NodeWatch.Timing.defaults());
  private final Health fine = Health.fresh(T);

  private static Report report(String replica, Reach reach, long forMillis, Instant now) {
    return new Report(replica, reach, now.minusMillis(forMillis), now, 3);
  }

  private Verdict verdict(Health before, Set<String> replicas, Instant now, Report... reports) {
    return watch.judge(before, List.of(reports), replicas, SILENCE, false, now).verdict();
  }

  @Test
  void aRefusalIsBelievedWhenItIsConfirmed() {
    assertThat(verdict(fine, ONE, T, report("r1", REFUSED, 0, T))).isEqualTo(SUSPECT);
    assertThat(verdict(fine, ONE, T, report("r1", REFUSED, 150, T))).isEqualTo(DOWN);
  }

  @Test
  void silenceIsBelievedLater() {
    assertThat(verdict(fine, ONE, T, report("r1", SILENT, 2_900, T))).isEqualTo(SUSPECT);
    assertThat(verdict(fine, ONE, T, report("r1", SILENT, 3_000, T))).isEqualTo(DOWN);
  }

  @Test
  void silenceOfANodeThatAnswersFastIsBelievedSooner() {
    List<Report> silent = List.of(report("r1", SILENT, 500, T));
    assertThat(watch.judge(fine, silent, ONE, Duration.ofMillis(450), false, T).verdict())
        .isEqualTo(DOWN);
  }

  @Test
  void fewLongSilencesOfAStarvedReplicaAreNotBelieved() {
    assertThat(verdict(fine, ONE, T, new Report("r1", SILENT, T.minusSeconds(9), T, 2)))
        .isEqualTo(SUSPECT);
    assertThat(verdict(fine, ONE, T, new Report("r1", REFUSED, T.minusSeconds(9), T, 1)))
        .isEqualTo(SUSPECT);
  }

  @Test
  void aNodeThatAnotherReplicaReachesIsNotKilled() {
    assertThat(
            verdict(
                fine, TWO, T, report("r1", SILENT, 60_000, T), report("r2", REACHED, 60_000, T)))
        .isEqualTo(SUSPECT);
  }

  @Test
  void theOtherReplicaIsHeardButNotWaitedForLong() {
    assertThat(verdict(fine, TWO, T, report("r1", REFUSED, 200, T))).isEqualTo(SUSPECT);
    assertThat(verdict(fine, TWO, T, report("r1", REFUSED, 200, T), report("r2", REFUSED, 0, T)))
        .isEqualTo(DOWN);
    assertThat(verdict(fine, TWO, T, report("r1", REFUSED, 700, T))).isEqualTo(DOWN);
  }

  @Test
  void staleReportsCountForNothing() {
    Report old = new Report("r2", REACHED, T.minusSeconds(60), T.minusSeconds(4), 9);
    assertThat(verdict(fine, TWO, T, report("r1", REFUSED, 700, T), old)).isEqualTo(DOWN);
    assertThat(watch.judge(fine, List.of(old), ONE, SILENCE, false, T)).isEqualTo(fine);
  }

  @Test
  void aNodeThatComesBackSettlesAndLongerEachTime() {
    Health down = new Health(DOWN, T, 1);
    Health back = watch.judge(down, List.of(report("r1", REACHED, 0, T)), ONE, SILENCE, false, T);
    assertThat(back.verdict()).isEqualTo(SETTLING);
    assertThat(back.takesRooms()).isTrue();
    assertThat(back.takesMoves()).isFalse();
    Instant later = T.plusSeconds(59);
    assertThat(verdict(back, ONE, later, report("r1", REACHED, 0, later))).isEqualTo(SETTLING);
    later = T.plusSeconds(60);
    Health settled =
        watch.judge(back, List.of(report("r1", REACHED, 0, later)), ONE, SILENCE, false, later);
    assertThat(settled).isEqualTo(new Health(SERVING, later, 0));

    Health again =
        watch.judge(back, List.of(report("r1", REFUSED, 200, T)), ONE, SILENCE, false, T);
    assertThat(again).isEqualTo(new Health(DOWN, T, 2));
    Health second =
        watch.judge(again, List.of(report("r1", REACHED, 0, T)), ONE, SILENCE, false, T);
    later = T.plusSeconds(100);
    assertThat(verdict(second, ONE, later, report("r1", REACHED, 0, later))).isEqualTo(SETTLING);
  }

  @Test
  void aHiccupOnProbationStartsTheProbationAnew() {
    Health settling = new Health(SETTLING, T, 1);
    Instant later = T.plusSeconds(50);
    Health hiccup =
        watch.judge(
            settling, List.of(report("r1", SILENT, 500, later)), ONE, SILENCE, false, later);
    assertThat(hiccup.verdict()).isEqualTo(SUSPECT);
    Health back =
        watch.judge(hiccup, List.of(report("r1", REACHED, 0, later)), ONE, SILENCE, false, later);
    assertThat(back).isEqualTo(new Health(SETTLING, later, 1));
  }

  @Test
  void whoIsTakenDownOnPurposeServesAtOnceWhenItIsBack() {
    Health gone = watch.judge(fine, List.of(report("r1", REFUSED, 200, T)), ONE, SILENCE, true, T);
    assertThat(gone).isEqualTo(new Health(DOWN, T, 0));
    Health back = watch.judge(gone, List.of(report("r1", REACHED, 0, T)), ONE, SILENCE, false, T);
    assertThat(back.takesMoves()).isTrue();
    Health fell = watch.judge(back, List.of(report("r1", REFUSED, 200, T)), ONE, SILENCE, false, T);
    Health purposely =
        watch.judge(
            new Health(SETTLING, T, fell.falls()),
            List.of(report("r1", REFUSED, 200, T)),
            ONE,
            SILENCE,
            true,
            T);
    assertThat(purposely.falls()).as("what it fell before is not forgotten").isEqualTo(1);
  }

  @Test
  void staysDownWhileReplicasDisagree() {
    Health down = new Health(DOWN, T, 1);
    assertThat(
            verdict(down, TWO, T, report("r1", REFUSED, 5_000, T), report("r2", REACHED, 100, T)))
        .isEqualTo(DOWN);
  }
}
