package dev.weir.session.rebind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.rebind.Rebinding.Look;
import dev.weir.session.rebind.Rebinding.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RebindingTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

  private final Rebinding rebinding = new Rebinding(Rebinding.Timing.defaults());
  private Instant now = START;
  private State state = State.fresh(false, START);
  private int switches;

  /** A look each second. */
  private RebindingTest finds(Look look, int seconds) {
    for (int i = 0; i < seconds; i++) {
      look(look, now);
      now = now.plusSeconds(1);
    }
    return this;
  }

  private void look(Look look, Instant since) {
    State after = rebinding.judge(state, look, since, now);
    switches += after.away() == state.away() ? 0 : 1;
    state = after;
  }

  @Test
  void clientsGoWhenTheMediaHasNotComeForTenSeconds() {
    assertThat(finds(Look.CARRIED, 5).finds(Look.BROKEN, 10).state.away()).isFalse();
    assertThat(finds(Look.BROKEN, 1).state.away()).isTrue();
  }

  @Test
  void whatTheLegsMissedBeforeTheyGaveUpCounts() {
    finds(Look.CARRIED, 5);
    look(Look.BROKEN, now.minusSeconds(8));
    now = now.plusSeconds(2);
    look(Look.BROKEN, now);
    assertThat(state.away()).isTrue();
  }

  @Test
  void aBreakThatHealsInTimeMovesNobody() {
    for (int i = 0; i < 20; i++) {
      finds(Look.BROKEN, 9).finds(Look.CARRIED, 1);
    }
    assertThat(switches).isZero();
  }

  @Test
  void clientsComeBackWhenTheMediaHasComeForFiveSeconds() {
    finds(Look.BROKEN, 11).finds(Look.CARRIED, 5);
    assertThat(state.away()).isTrue();
    assertThat(finds(Look.CARRIED, 1).state.away()).isFalse();
    assertThat(switches).isEqualTo(2);
  }

  @Test
  void mediaThatComesOnlyForAMomentCallsNobodyBack() {
    finds(Look.BROKEN, 11);
    for (int i = 0; i < 20; i++) {
      finds(Look.CARRIED, 4).finds(Look.BROKEN, 3);
    }
    assertThat(state.away()).isTrue();
    assertThat(switches).isEqualTo(1);
  }

  @Test
  void withNothingToBringNobodyGoesAndNobodyComes() {
    finds(Look.NOTHING, 100);
    assertThat(switches).isZero();
    finds(Look.BROKEN, 11).finds(Look.NOTHING, 1000);
    assertThat(state.away()).isTrue();
  }

  @Test
  void aReturnThatDidNotLastMakesTheNextOneWaitTwiceAsLong() {
    finds(Look.BROKEN, 11).finds(Look.CARRIED, 6).finds(Look.BROKEN, 11);
    assertThat(finds(Look.CARRIED, 10).state.away()).isTrue();
    assertThat(finds(Look.CARRIED, 1).state.away()).isFalse();
    finds(Look.BROKEN, 11).finds(Look.CARRIED, 20);
    assertThat(state.away()).isTrue();
  }

  @Test
  void aCalmTimeIsForgivenAndForgotten() {
    finds(Look.BROKEN, 11).finds(Look.CARRIED, 6).finds(Look.CARRIED, 601);
    assertThat(state.isPlain()).isTrue();
    finds(Look.BROKEN, 11).finds(Look.CARRIED, 6);
    assertThat(state.away()).isFalse();
  }

  @Test
  void anAnnexThatNobodyUsesAnyMoreIsLetGo() {
    finds(Look.BROKEN, 11).finds(Look.DESERTED, 30);
    assertThat(state.away()).isTrue();
    assertThat(finds(Look.DESERTED, 1).state.away()).isFalse();
    assertThat(state.returns()).isZero();
  }

  @Test
  void aSwitchIsNotUndoneByWhatWasBeforeIt() {
    finds(Look.BROKEN, 11).finds(Look.DESERTED, 31);
    look(Look.BROKEN, START);
    assertThat(state.away()).isFalse();
    assertThat(finds(Look.BROKEN, 9).state.away()).isFalse();
    assertThat(finds(Look.BROKEN, 3).state.away()).isTrue();
  }

  @Test
  void aNewKeeperGoesOnWhereTheLastOneWas() {
    state = State.fresh(true, now);
    assertThat(finds(Look.BROKEN, 60).state.away()).isTrue();
    assertThat(finds(Look.CARRIED, 6).state.away()).isFalse();
  }

  /**
   * Any schedule: a switch away has ten broken seconds before it and a return five good ones; ten
   * minutes hold few of them; and in the end the clients are where the legs say.
   */
  @RepeatedTest(200)
  void anyScheduleEndsWhereItShouldWithoutFlapping(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int lately = 0;
    Instant window = now;
    Look[] looks = {Look.CARRIED, Look.BROKEN, Look.NOTHING};
    int which = 0;
    while (now.isBefore(START.plus(Duration.ofHours(2)))) {
      // Never the same twice: a run's length is to be known.
      which = (which + 1 + random.nextInt(looks.length - 1)) % looks.length;
      Look look = looks[which];
      int seconds = 1 + random.nextInt(25);
      for (int i = 0; i < seconds; i++) {
        State before = state;
        finds(look, 1);
        if (before.away() != state.away()) {
          lately++;
          assertThat(look).isEqualTo(state.away() ? Look.BROKEN : Look.CARRIED);
          assertThat(i).isGreaterThanOrEqualTo(state.away() ? 10 : 5);
        }
      }
      if (Duration.between(window, now).compareTo(Duration.ofMinutes(10)) > 0) {
        assertThat(lately).isLessThanOrEqualTo(8);
        window = now;
        lately = 0;
      }
    }
    assertThat(finds(Look.BROKEN, 11).state.away()).isTrue();
    assertThat(finds(Look.CARRIED, 301).state.away()).isFalse();
    assertThat(finds(Look.BROKEN, 11).state.away()).isTrue();
  }
}
