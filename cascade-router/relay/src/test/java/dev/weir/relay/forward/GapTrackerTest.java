package dev.weir.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GapTrackerTest {
  private static final long MILLI = 1_000_000L;

  private final GapTracker gaps = new GapTracker();
  private final List<Integer> asked = new ArrayList<>();
  private long now = MILLI;

  private boolean arrive(int sequence) {
    return gaps.arrived(gaps.extend(sequence & 0xffff), now);
  }

  private List<Integer> dueAfter(long millis) {
    now += millis * MILLI;
    asked.clear();
    gaps.due(now, 40 * MILLI, asked::add);
    return List.copyOf(asked);
  }

  @Test
  void forgivesReorderingAndAsksForWhatStaysAway() {
    arrive(65_534);
    arrive(3);
    arrive(0);

    assertThat(dueAfter(1)).isEmpty();
    assertThat(dueAfter(10)).containsExactly(65_535, 1, 2);
    assertThat(dueAfter(20)).isEmpty();
    assertThat(dueAfter(40)).containsExactly(65_535, 1, 2);
  }

  @Test
  void countsWhatCameAfterItWasAskedFor() {
    arrive(1);
    arrive(3);
    dueAfter(10);

    assertThat(arrive(2)).isTrue();
    assertThat(gaps.recovered()).isEqualTo(1);
    assertThat(gaps.hasGaps()).isFalse();
    assertThat(gaps.expected()).isEqualTo(3);
  }

  @Test
  void givesUpAfterSomeTries() {
    arrive(1);
    arrive(3);
    for (int i = 0; i < GapTracker.TRIES; i++) {
      assertThat(dueAfter(60)).containsExactly(2);
    }
    assertThat(dueAfter(60)).isEmpty();
    assertThat(gaps.givenUp()).isEqualTo(1);
    assertThat(gaps.hasGaps()).isFalse();
  }

  @Test
  void takesAHugeJumpAsANewStart() {
    arrive(1);
    arrive(20_000);

    assertThat(dueAfter(100)).isEmpty();
    assertThat(gaps.expected()).isEqualTo(2);
  }

  @Test
  void holdsOneKeyFrameRequestBackAndLetsItThroughLater() {
    KeyFrameGate gate = new KeyFrameGate();
    assertThat(gate.admits(0)).isTrue();
    assertThat(gate.admits(100 * MILLI)).isFalse();
    assertThat(gate.admits(200 * MILLI)).isFalse();
    assertThat(gate.due(250 * MILLI)).isFalse();
    assertThat(gate.due(301 * MILLI)).isTrue();
    assertThat(gate.due(900 * MILLI)).isFalse();
    assertThat(gate.admits(950 * MILLI)).isTrue();
  }
}
