package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.JobState.Connected;
import dev.weir.session.delegation.JobState.Ended;
import dev.weir.session.delegation.JobState.Leaving;
import dev.weir.session.delegation.JobState.Replaced;
import dev.weir.session.delegation.JobState.Waiting;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class JobMachineTest {
  private static final long NOW = 1_000_000;
  private static final long DELAY = 10_000;
  private static final long ALIVE_UNTIL = NOW + 7_000;

  private final JobMachine machine = new JobMachine(new Timing(new Random(1)));

  /** Every state x every event: what the job becomes, and what is called at once. */
  private static final String TABLE =
      """
      waiting          here             -> connected        RESTART
      waiting          expected         -> waiting          -
      waiting          left             -> leaving?         -
      waiting          absent           -> waiting          -
      waiting          aborted          -> waiting-aborted  -
      waiting          wake             -> waiting          -
      waiting          restarted        -> waiting          -
      waiting          forgotten        -> FORGOTTEN        -
      waiting          limited          -> waiting          -
      waiting          failed           -> waiting          -
      waiting          sent             -> SENT             -
      waiting          superseded       -> replaced-cancel  CANCEL
      waiting          superseded-other -> replaced-send    SEND
      waiting          renewed          -> waiting          -
      waiting          kicked           -> KICKED           -
      waiting          taken-over       -> waiting          RESTART
      waiting-late     absent           -> leaving          SEND
      waiting-late     here             -> connected        RESTART
      waiting-late     wake             -> waiting-late     -
      waiting-late     expected         -> waiting          -
      waiting-aborted  here             -> connected        RESTART
      waiting-aborted  expected         -> waiting          -
      waiting-aborted  renewed          -> waiting          -
      aborted-late     absent           -> ABORTED          -
      connected        here             -> connected        -
      connected        expected         -> waiting          -
      connected        left             -> leaving?         -
      connected        absent           -> leaving          SEND
      connected        aborted          -> connected        -
      connected        wake             -> connected        -
      connected        restarted        -> connected        -
      connected        forgotten        -> FORGOTTEN        -
      connected        limited          -> connected        -
      connected        failed           -> connected        -
      connected        sent             -> SENT             -
      connected        superseded       -> replaced-cancel  CANCEL
      connected        superseded-other -> replaced-send    SEND
      connected        renewed          -> connected        -
      connected        kicked           -> KICKED           -
      connected        taken-over       -> connected        RESTART
      connected-dead   wake             -> EXPIRED          -
      waiting-dead     wake             -> EXPIRED          -
      leaving?         here             -> connected        RESTART
      leaving?         expected         -> waiting          RESTART
      leaving?         left             -> leaving?         -
      leaving?         absent           -> leaving          SEND
      leaving?         aborted          -> leaving?         -
      leaving?         wake             -> leaving?         -
      leaving?         restarted        -> leaving?         -
      leaving?         forgotten        -> FORGOTTEN        -
      leaving?         limited          -> leaving?         -
      leaving?         failed           -> leaving?         -
      leaving?         sent             -> SENT             -
      leaving?         superseded       -> replaced-cancel  CANCEL
      leaving?         superseded-other -> replaced-send    SEND
      leaving?         renewed          -> leaving?         -
      leaving?         kicked           -> KICKED           -
      leaving?         taken-over       -> leaving??        -
      leaving?-late    wake             -> leaving          SEND
      leaving??        wake             -> leaving??        -
      leaving??        left             -> leaving?         -
      leaving??        absent           -> leaving          SEND
      leaving??        here             -> connected        RESTART
      leaving          here             -> connected        RESTART
      leaving          expected         -> waiting          RESTART
      leaving          left             -> leaving          -
      leaving          absent           -> leaving          -
      leaving          aborted          -> leaving          -
      leaving          wake             -> leaving          -
      leaving          restarted        -> leaving          -
      leaving          forgotten        -> FORGOTTEN        -
      leaving          limited          -> leaving?         -
      leaving          failed           -> leaving?         -
      leaving?-again   absent           -> leaving?         -
      leaving?-again   wake             -> leaving?         -
      leaving?-again   here             -> connected        RESTART
      leaving          sent             -> SENT             -
      leaving          superseded       -> replaced-cancel  CANCEL
      leaving          superseded-other -> replaced-send    SEND
      leaving          renewed          -> leaving          -
      leaving          kicked           -> KICKED           -
      leaving          taken-over       -> leaving??        -
      leaving-dead     wake             -> EXPIRED          -
      replaced-cancel  here             -> replaced-cancel  -
      replaced-cancel  expected         -> replaced-cancel  -
      replaced-cancel  left             -> replaced-cancel  -
      replaced-cancel  absent           -> replaced-cancel  -
      replaced-cancel  aborted          -> replaced-cancel  -
      replaced-cancel  wake             -> replaced-cancel  -
      replaced-cancel  restarted        -> replaced-cancel  -
      replaced-cancel  forgotten        -> REPLACED         -
      replaced-cancel  cancelled        -> REPLACED         -
      replaced-cancel  limited          -> replaced-cancel  -
      replaced-cancel  failed           -> replaced-cancel  -
      replaced-cancel  superseded       -> replaced-cancel  -
      replaced-cancel  renewed          -> replaced-cancel  -
      replaced-cancel  kicked           -> replaced-cancel  -
      replaced-cancel  taken-over       -> replaced-cancel  CANCEL
      replaced-send    sent             -> REPLACED         -
      replaced-send    taken-over       -> replaced-send    SEND
      replaced-dead    wake             -> REPLACED         -
      SENT             here             -> SENT             -
      SENT             expected         -> SENT             -
      SENT             left             -> SENT             -
      SENT             absent           -> SENT             -
      SENT             aborted          -> SENT             -
      SENT             wake             -> SENT             -
      SENT             restarted        -> SENT             -
      SENT             forgotten        -> SENT             -
      SENT             limited          -> SENT             -
      SENT             failed           -> SENT             -
      SENT             superseded       -> SENT             -
      SENT             renewed          -> SENT             -
      SENT             kicked           -> SENT             -
      SENT             taken-over       -> SENT             -
      """;

  @TestFactory
  Stream<DynamicTest> everyStateAndEvent() {
    return TABLE
        .lines()
        .map(line -> line.strip().split("\\s+", -1))
        .map(
            row ->
                DynamicTest.dynamicTest(
                    String.join(" ", row),
                    () -> {
                      Job before = job(row[0]);
                      Step step = machine.on(before, event(row[1], before), NOW);
                      assertThat(name(step.job())).isEqualTo(row[3]);
                      assertThat(step.call().map(Step.Call::verb))
                          .isEqualTo(
                              row[4].equals("-")
                                  ? Optional.empty()
                                  : Optional.of(Verb.valueOf(row[4])));
                    }));
  }

  @Test
  void theTableLeavesNoEventOut() {
    assertThat(
            Arrays.stream(JobEvent.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .toList())
        .hasSize(11);
    for (String state :
        new String[] {"waiting", "connected", "leaving?", "leaving", "replaced-cancel", "SENT"}) {
      assertThat(TABLE.lines().filter(line -> line.startsWith(state + " ")).count())
          .as(state)
          .isGreaterThanOrEqualTo(14);
    }
  }

  private static Job job(String name) {
    return switch (name) {
      case "waiting" -> alive(new Waiting(NOW + 5_000, false));
      case "waiting-late" -> alive(new Waiting(NOW - 1, false));
      case "waiting-aborted" -> alive(new Waiting(NOW + 5_000, true));
      case "aborted-late" -> alive(new Waiting(NOW - 1, true));
      case "waiting-dead" -> dead(new Waiting(NOW + 5_000, false));
      case "connected" -> alive(new Connected());
      case "connected-dead" -> dead(new Connected());
      case "leaving" -> alive(new Leaving(NOW + 5_000, 0));
      case "leaving?" -> with(new Leaving(NOW + 5_000, NOW + 1_000), ALIVE_UNTIL, NOW);
      case "leaving?-again" -> with(new Leaving(NOW + 5_000, NOW + 2_500), ALIVE_UNTIL, NOW + 500);
      case "leaving?-late" -> with(new Leaving(NOW + 5_000, NOW - 1), ALIVE_UNTIL, NOW - 1);
      case "leaving??" -> with(new Leaving(NOW + 5_000, JobState.NEVER), ALIVE_UNTIL, NOW);
      case "leaving-dead" -> dead(new Leaving(NOW - 1, 0));
      case "replaced-cancel" -> alive(new Replaced(Verb.CANCEL, NOW + 5_000));
      case "replaced-send" -> alive(new Replaced(Verb.SEND, NOW + 5_000));
      case "replaced-dead" -> dead(new Replaced(Verb.CANCEL, NOW - 1));
      case "SENT" -> alive(new Ended(Ending.SENT));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Job alive(JobState state) {
    return with(state, ALIVE_UNTIL, NOW + 3_000);
  }

  private static Job dead(JobState state) {
    return with(state, NOW - 1, NOW + 3_000);
  }

  private static Job with(JobState state, long aliveUntil, long dueAt) {
    return new Job("delay", DELAY, "membership", state, aliveUntil, dueAt, 0, false, false, false);
  }

  private static JobEvent event(String name, Job job) {
    Verb verb =
        switch (job.state()) {
          case Leaving _ -> Verb.SEND;
          case Replaced replaced -> replaced.verb();
          default -> Verb.RESTART;
        };
    return switch (name) {
      case "here" -> new JobEvent.Here();
      case "expected" -> new JobEvent.Expected(NOW + 20_000);
      case "left" -> new JobEvent.Left();
      case "absent" -> new JobEvent.Absent(NOW);
      case "aborted" -> new JobEvent.Aborted();
      case "wake" -> new JobEvent.Wake();
      case "restarted" -> answered(Verb.RESTART, new Answer.Done());
      case "sent" -> answered(Verb.SEND, new Answer.Done());
      case "cancelled" -> answered(Verb.CANCEL, new Answer.Done());
      case "forgotten" -> answered(verb, new Answer.Forgotten());
      case "limited" -> answered(verb, new Answer.Limited(NOW + 500));
      case "failed" -> answered(verb, new Answer.Failed());
      case "superseded" -> new JobEvent.Superseded(true);
      case "superseded-other" -> new JobEvent.Superseded(false);
      case "renewed" -> new JobEvent.Renewed(DELAY);
      case "kicked" -> new JobEvent.Kicked();
      case "taken-over" -> new JobEvent.TakenOver();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static JobEvent answered(Verb verb, Answer answer) {
    return new JobEvent.Answered(verb, answer, NOW - 20);
  }

  private static String name(Job job) {
    return switch (job.state()) {
      case Waiting waiting ->
          waiting.aborted()
              ? "waiting-aborted"
              : waiting.until() < NOW ? "waiting-late" : "waiting";
      case Connected _ -> "connected";
      case Leaving leaving ->
          leaving.confirmed()
              ? "leaving"
              : leaving.trustAt() == JobState.NEVER ? "leaving??" : "leaving?";
      case Replaced replaced -> "replaced-" + replaced.verb().path();
      case Ended ended -> ended.why().name();
    };
  }

  @Test
  void restartsAtOnceOnConnectingAndThenAtEightyPercent() {
    Job job = machine.begin("delay", DELAY, "membership", NOW);

    Step connected = machine.on(job, new JobEvent.Here(), NOW + 300);
    assertThat(connected.call())
        .contains(new Step.Call(Verb.RESTART, "delay", NOW + 300, NOW + DELAY));

    Job first =
        machine
            .on(
                connected.job(),
                new JobEvent.Answered(Verb.RESTART, new Answer.Done(), NOW + 300),
                NOW + 320)
            .job();
    assertThat(first.aliveUntil()).isEqualTo(NOW + 320 + DELAY);
    assertThat(first.dueAt()).isBetween(NOW + 300 + 4_000, NOW + 300 + 8_000);

    Step beat = machine.on(first, new JobEvent.Wake(), first.dueAt());
    assertThat(beat.call().map(Step.Call::verb)).contains(Verb.RESTART);
    long sentAt = first.dueAt();
    Job second =
        machine
            .on(
                beat.job(),
                new JobEvent.Answered(Verb.RESTART, new Answer.Done(), sentAt),
                sentAt + 20)
            .job();
    assertThat(second.dueAt()).isEqualTo(sentAt + 8_000);
  }

  @Test
  void aWaitingJobIsRestartedBeforeItsDelayIsOver() {
    Job job = machine.begin("delay", DELAY, "membership", NOW);
    assertThat(job.wakeAt(NOW)).isEqualTo(NOW + 5_000);
    assertThat(machine.on(job, new JobEvent.Wake(), NOW + 5_000).call().map(Step.Call::verb))
        .contains(Verb.RESTART);
  }

  @Test
  void aClientWithADelayOfAnHourIsNotWaitedForLongerThanAnHour() {
    Job job = machine.begin("delay", 7_200_000, "membership", NOW);
    assertThat(job.state()).isEqualTo(new Waiting(NOW + 3_600_000, false));
  }

  @Test
  void failedRestartsAreRepeatedUntilTheEventMustHaveFired() {
    Job job = with(new Connected(), NOW + 2_000, NOW);
    long now = NOW;
    int calls = 0;
    while (!job.ended()) {
      Step step = machine.on(job, new JobEvent.Wake(), now);
      job = step.job();
      if (step.call().isPresent()) {
        calls++;
        job =
            machine
                .on(job, new JobEvent.Answered(Verb.RESTART, new Answer.Failed(), now), now + 10)
                .job();
      }
      long next = job.wakeAt(now);
      if (next == JobState.NEVER) {
        break;
      }
      assertThat(next).isGreaterThan(now);
      now = next;
    }
    assertThat(job.state()).isEqualTo(new Ended(Ending.EXPIRED));
    assertThat(now).isEqualTo(NOW + 2_000);
    assertThat(calls).isBetween(3, 9);
  }

  @Test
  void honoursTheTimeThatTheHomeserverNames() {
    Job job = alive(new Leaving(NOW + 5_000, 0)).dueAtOnce(NOW).called();
    Job limited =
        machine
            .on(
                job,
                new JobEvent.Answered(Verb.SEND, new Answer.Limited(NOW + 2_345), NOW),
                NOW + 5)
            .job();
    assertThat(limited.dueAt()).isEqualTo(NOW + 2_345);
    assertThat(machine.on(limited, new JobEvent.Absent(NOW + 2_345), NOW + 2_344).call()).isEmpty();
    assertThat(machine.on(limited, new JobEvent.Absent(NOW + 2_345), NOW + 2_345).call())
        .isPresent();
  }

  @Test
  void asksTheSfusAgainBeforeALeaveIsTriedAgain() {
    Job limited =
        machine
            .on(
                alive(new Leaving(NOW + 50_000, 0)).dueAtOnce(NOW).called(),
                new JobEvent.Answered(Verb.SEND, new Answer.Limited(NOW + 7_000), NOW),
                NOW + 5)
            .job();
    assertThat(limited.wantsProof(NOW + 6_999)).isFalse();
    assertThat(limited.wakeAt(NOW + 5)).isEqualTo(NOW + 7_000);
    assertThat(limited.wantsProof(NOW + 7_000)).isTrue();
    assertThat(machine.on(limited, new JobEvent.Absent(NOW + 6_999), NOW + 7_001).call()).isEmpty();
    assertThat(machine.on(limited, new JobEvent.Wake(), NOW + 7_000 + Timing.TRUST - 1).call())
        .isEmpty();
    assertThat(machine.on(limited, new JobEvent.Wake(), NOW + 7_000 + Timing.TRUST).call())
        .as("no SFU answers: its earlier word counts")
        .isPresent();
  }

  @Test
  void backsOffOneAndAHalfTimesEachTimeUpToAMinute() {
    Timing timing = new Timing(new Random(3));
    long hour = 3_600_000;
    for (int failures = 0; failures < 40; failures++) {
      double plain = Math.min(60_000, 1_000 * Math.pow(1.5, failures));
      assertThat(timing.backoff(failures, hour))
          .isBetween((long) (plain * 0.5), (long) Math.min(60_000, plain * 1.5));
    }
  }

  @Test
  void aClockThatJumpsAheadEndsTheJobWithoutACall() {
    Step step = machine.on(alive(new Connected()), new JobEvent.Wake(), ALIVE_UNTIL + 3_600_000);
    assertThat(step.job().state()).isEqualTo(new Ended(Ending.EXPIRED));
    assertThat(step.call()).isEmpty();
  }

  @Test
  void aClockThatJumpsBackOnlyDelaysWhatIsDue() {
    Step step = machine.on(alive(new Connected()), new JobEvent.Wake(), NOW - 3_600_000);
    assertThat(step.job()).isEqualTo(alive(new Connected()));
    assertThat(step.call()).isEmpty();
  }
}
