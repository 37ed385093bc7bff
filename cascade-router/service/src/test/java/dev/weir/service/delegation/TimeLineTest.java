package dev.weir.service.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.Survey;
import dev.weir.session.delegation.Survey.NodeAnswer;
import dev.weir.session.delegation.Survey.Participant;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimeLineTest {
  private static final long START = Instant.parse("2026-11-21T10:00:00Z").toEpochMilli();
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong wall = new AtomicLong(START);
  private final InstantSource clock = () -> Instant.ofEpochMilli(wall.get());
  private final TimeLine time = new TimeLine(nanos::get, clock);

  private void pass(Duration duration) {
    nanos.addAndGet(duration.toNanos());
    wall.addAndGet(duration.toMillis());
  }

  private Survey survey(long createdAt, long joinedAt) {
    return new Survey(
        wall.get(),
        Map.of(
            "room",
            Map.of(
                "node",
                new NodeAnswer.Listed(
                    List.of(new Participant("@u:a:D", "PA_1", true, joinedAt)), createdAt))));
  }

  @Test
  void doesNotFollowTheWallClockWhenThatJumps() {
    pass(Duration.ofSeconds(5));
    wall.addAndGet(HOUR);
    assertThat(time.now()).isEqualTo(START + 5_000);
    wall.addAndGet(-2 * HOUR);
    assertThat(time.now()).isEqualTo(START + 5_000);
  }

  @Test
  void surveysAreReadInTheJobsTimeWhateverTheWallClockSays() {
    pass(Duration.ofMinutes(10));
    wall.addAndGet(HOUR);
    long tenSecondsAgo = wall.get() - 10_000;
    Survey read =
        SfuSurveys.inJobTime(survey(wall.get() - 60_000, tenSecondsAgo), time.now(), time);
    assertThat(read.askedAt()).isEqualTo(time.now());
    assertThat(read.rooms().getOrDefault("room", Map.of()).get("node"))
        .isEqualTo(
            new NodeAnswer.Listed(
                List.of(new Participant("@u:a:D", "PA_1", true, time.now() - 10_000)),
                time.now() - 60_000));
  }

  @Test
  void nothingThatAnSfuSawIsInTheFutureAfterTheWallClockWasPutBack() {
    long joined = wall.get();
    pass(Duration.ofMinutes(10));
    wall.addAndGet(-HOUR);
    Survey read = SfuSurveys.inJobTime(survey(joined, joined), time.now(), time);
    assertThat(read.rooms().getOrDefault("room", Map.of()).get("node"))
        .isEqualTo(
            new NodeAnswer.Listed(
                List.of(new Participant("@u:a:D", "PA_1", true, time.now())), time.now()));
  }
}
