package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PulseTest {

  private final Pulse pulse = new Pulse();

  private void answers(int times, int millis) {
    for (int i = 0; i < times; i++) {
      pulse.answered(Duration.ofMillis(millis));
    }
  }

  @Test
  void aNodeThatIsNotKnownYetIsWaitedForLong() {
    answers(7, 1);
    assertThat(pulse.patience()).isEqualTo(Duration.ofSeconds(1));
    assertThat(pulse.silence()).isGreaterThanOrEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aNodeThatAlwaysAnswersAtOnceIsMissedSoon() {
    answers(8, 3);
    assertThat(pulse.patience()).isEqualTo(Pulse.SHORTEST);
    assertThat(pulse.silence()).isLessThan(Duration.ofMillis(500));
  }

  @Test
  void oneSlowAnswerCountsForAWhile() {
    answers(8, 3);
    answers(1, 100);
    assertThat(pulse.patience()).isEqualTo(Duration.ofMillis(800));
    assertThat(pulse.silence()).isGreaterThan(Duration.ofSeconds(2));
    answers(120, 3);
    assertThat(pulse.patience()).isEqualTo(Pulse.SHORTEST);
  }
}
