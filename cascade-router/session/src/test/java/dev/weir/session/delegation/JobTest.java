package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Member;
import dev.weir.session.delegation.JobState.Connected;
import dev.weir.session.delegation.JobState.Ended;
import dev.weir.session.delegation.JobState.Leaving;
import dev.weir.session.delegation.JobState.Replaced;
import dev.weir.session.delegation.JobState.Waiting;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** When a job wants to be woken, when it needs the SFUs' word, and its times. */
class JobTest {
  private static final long NOW = 1_000_000;
  private static final long DUE = NOW + 3_000;
  private static final long ALIVE = NOW + 7_000;

  private final JobMachine machine = new JobMachine(new Timing(new Random(1)));

  private static Job job(JobState state, long dueAt, boolean calling) {
    return new Job("id", 10_000, "m", state, ALIVE, dueAt, 0, calling, false, false);
  }

  private record Row(String what, JobState state, long dueAt, boolean calling, long wakesAt) {}

  @TestFactory
  Stream<DynamicTest> wakes() {
    return List.of(
            row("waiting: at its beat", new Waiting(NOW + 5_000, false), DUE, false, DUE),
            row(
                "waiting: when time is over",
                new Waiting(NOW + 2_000, false),
                DUE,
                false,
                NOW + 2_000),
            row("waiting, over: at its beat", new Waiting(NOW, false), DUE, false, DUE),
            row("waiting, over, calling", new Waiting(NOW, false), DUE, true, JobState.NEVER),
            row("waiting, calling", new Waiting(NOW + 5_000, false), DUE, true, NOW + 5_000),
            row("connected: at its beat", new Connected(), DUE, false, DUE),
            row("connected: when the event fires", new Connected(), ALIVE + 1, false, ALIVE),
            row("connected, calling", new Connected(), DUE, true, JobState.NEVER),
            row("leaving", new Leaving(NOW + 5_000, 0), DUE, false, DUE),
            row("leaving: until it fires", new Leaving(NOW + 1_000, 0), DUE, false, NOW + 1_000),
            row("leaving, calling", new Leaving(NOW + 5_000, 0), DUE, true, JobState.NEVER),
            row("leaving?: when it is due", new Leaving(NOW + 9_000, NOW + 8_000), DUE, false, DUE),
            row(
                "leaving?: when it is believed",
                new Leaving(NOW + 9_000, NOW + 2_000),
                NOW,
                false,
                NOW + 2_000),
            row(
                "leaving?: until it fires",
                new Leaving(NOW + 500, NOW + 2_000),
                NOW,
                false,
                NOW + 500),
            row(
                "leaving??: until it fires",
                new Leaving(NOW + 9_000, JobState.NEVER),
                NOW,
                false,
                NOW + 9_000),
            row("replaced", new Replaced(Verb.CANCEL, NOW + 5_000), DUE, false, DUE),
            row(
                "replaced: until it fires",
                new Replaced(Verb.CANCEL, NOW + 500),
                DUE,
                false,
                NOW + 500),
            row(
                "replaced, calling",
                new Replaced(Verb.CANCEL, NOW + 500),
                DUE,
                true,
                JobState.NEVER),
            row("ended", new Ended(Ending.SENT), DUE, false, JobState.NEVER))
        .stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.what(),
                    () ->
                        assertThat(job(each.state(), each.dueAt(), each.calling()).wakeAt(NOW))
                            .isEqualTo(each.wakesAt())));
  }

  private static Row row(String what, JobState state, long dueAt, boolean calling, long wakesAt) {
    return new Row(what, state, dueAt, calling, wakesAt);
  }

  @Test
  void onlyTheSfusBringOnWhoeverDoesNotComeAndWhoeverMayHaveLeft() {
    assertThat(job(new Waiting(NOW, false), DUE, false).wantsProof(NOW - 1)).isFalse();
    assertThat(job(new Waiting(NOW, false), DUE, false).wantsProof(NOW)).isTrue();
    assertThat(job(new Leaving(ALIVE, ALIVE), NOW, false).wantsProof(NOW - 1)).isFalse();
    assertThat(job(new Leaving(ALIVE, ALIVE), NOW, false).wantsProof(NOW)).isTrue();
    assertThat(job(new Leaving(ALIVE, 0), NOW, false).wantsProof(NOW)).isFalse();
    for (JobState state :
        List.of(new Connected(), new Replaced(Verb.SEND, ALIVE), new Ended(Ending.SENT))) {
      assertThat(job(state, NOW, false).wantsProof(NOW)).as(state.toString()).isFalse();
    }
  }

  @Test
  void aLeaveIsTriedForAsLongAsTheEventLivesButForASecondAtLeastAndAnHourAtMost() {
    for (long[] leftAndUntil :
        new long[][] {{7_000, 7_000}, {200, 1_000}, {7_200_000, 3_600_000}}) {
      Job job =
          new Job(
              "id",
              10_000,
              "m",
              new Connected(),
              NOW + leftAndUntil[0],
              DUE,
              0,
              false,
              false,
              true);
      assertThat(machine.on(job, new JobEvent.Left(), NOW).job().state())
          .isEqualTo(new Leaving(NOW + leftAndUntil[1], NOW + Timing.TRUST));
    }
  }

  @Test
  void aFirstConnectionThatWasGivenUpIsWaitedForTenSeconds() {
    Job waiting = job(new Waiting(NOW + 60_000, false), DUE, false);
    assertThat(machine.on(waiting, new JobEvent.Aborted(), NOW).job().state())
        .isEqualTo(new Waiting(NOW + 10_000, true));
    Job soon = job(new Waiting(NOW + 4_000, false), DUE, false);
    assertThat(machine.on(soon, new JobEvent.Aborted(), NOW).job().state())
        .isEqualTo(new Waiting(NOW + 4_000, true));
    Job again = waiting.connectedOnce();
    assertThat(machine.on(again, new JobEvent.Aborted(), NOW).job().state())
        .as("it was there before: its leave is due")
        .isEqualTo(new Waiting(NOW + 10_000, false));
  }

  @Test
  void aDelegationThatIsRepeatedIsWaitedForAnew() {
    Job waiting = job(new Waiting(NOW + 1_000, true), DUE, false);
    Job renewed = machine.on(waiting, new JobEvent.Renewed(20_000), NOW).job();
    assertThat(renewed.state()).isEqualTo(new Waiting(NOW + 20_000, false));
    assertThat(renewed.delayMillis()).isEqualTo(20_000);
    Job longer = job(new Waiting(NOW + 50_000, false), DUE, false);
    assertThat(machine.on(longer, new JobEvent.Renewed(20_000), NOW).job().state())
        .isEqualTo(new Waiting(NOW + 50_000, false));
  }

  @Test
  void anEventIsOverAtTheMomentItFires() {
    Job connected = job(new Connected(), ALIVE + 5, false);
    assertThat(machine.on(connected, new JobEvent.Wake(), ALIVE - 1).job()).isEqualTo(connected);
    assertThat(machine.on(connected, new JobEvent.Wake(), ALIVE).job().state())
        .isEqualTo(new Ended(Ending.EXPIRED));
    Job leaving = job(new Leaving(ALIVE, 0), ALIVE + 5, false);
    assertThat(machine.on(leaving, new JobEvent.Wake(), ALIVE).job().state())
        .isEqualTo(new Ended(Ending.EXPIRED));
    Job replaced = job(new Replaced(Verb.SEND, ALIVE), ALIVE + 5, false);
    assertThat(machine.on(replaced, new JobEvent.Wake(), ALIVE).job().state())
        .isEqualTo(new Ended(Ending.REPLACED));
  }

  @Test
  void failuresAreCountedAndASuccessForgetsThem() {
    Job job = job(new Connected(), NOW, false);
    for (int i = 1; i <= 3; i++) {
      job =
          machine
              .on(job, new JobEvent.Answered(Verb.RESTART, new Answer.Failed(), NOW), NOW + i)
              .job();
      assertThat(job.failures()).isEqualTo(i);
    }
    assertThat(
            machine
                .on(job, new JobEvent.Answered(Verb.RESTART, new Answer.Done(), NOW), NOW + 9)
                .job()
                .failures())
        .isZero();
  }

  @Test
  void aRetryOfALeaveComesInTheTimeThatIsLeft() {
    Job leaving =
        new Job("id", 10_000, "m", new Leaving(NOW + 900, 0), ALIVE, NOW, 20, true, false, true);
    Job failed =
        machine.on(leaving, new JobEvent.Answered(Verb.SEND, new Answer.Failed(), NOW), NOW).job();
    assertThat(failed.dueAt()).isEqualTo(NOW + 300);
  }

  @Test
  void aRestartThatWasDueLongAgoIsSpreadOverTheSecondHalfOfTheBeat() {
    for (int seed = 0; seed < 50; seed++) {
      assertThat(new Timing(new Random(seed)).firstBeat(10_000)).isBetween(4_000L, 8_000L);
    }
  }

  @Test
  void reasonsOfANewerSfuAreAsGoodAsNone() {
    assertThat(LeaveReason.of("DUPLICATE_IDENTITY")).isEqualTo(LeaveReason.DUPLICATE_IDENTITY);
    assertThat(LeaveReason.of("SOMETHING_NEW")).isEqualTo(LeaveReason.UNKNOWN_REASON);
  }

  @Test
  void aMembershipIsTheDevicesUnlessItNamesItself() {
    assertThat(Delegation.membershipOf(Member.legacy("@u:a", "D"))).isEqualTo("@u:a:D");
    assertThat(Delegation.membershipOf(new Member("@u:a", "D", "@u:a:D"))).isEqualTo("@u:a:D");
    assertThat(Delegation.membershipOf(new Member("@u:a", "D", "m1"))).isEqualTo("@u:a:D m1");
  }

  @Test
  void aJobIsItsUsersHomeservers() {
    assertThat(new JobKey("a", "!r:x", "s", "@u:b.example:8448", "D").homeserver())
        .isEqualTo("b.example:8448");
  }
}
