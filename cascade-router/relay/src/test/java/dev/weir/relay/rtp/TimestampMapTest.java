package dev.weir.relay.rtp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimestampMapTest {
  private static final long SECOND = 1_000_000_000L;

  private final TimestampMap timestamps = new TimestampMap(90_000);

  @Test
  void aSourceThatWasNeverRenewedKeepsItsTimestamps() {
    timestamps.restart(4_000_000, 0);
    assertThat(timestamps.map(4_000_000, 0)).isEqualTo(4_000_000);
    assertThat(timestamps.map(4_003_000, SECOND / 30)).isEqualTo(4_003_000);
  }

  @Test
  void aNewBaseGoesOnWhereTheOldOneWouldBe() {
    timestamps.map(4_000_000, 0);
    timestamps.restart(17, 2 * SECOND);
    assertThat(timestamps.map(17, 2 * SECOND)).isEqualTo(4_180_000);
    assertThat(timestamps.map(3_017, 2 * SECOND)).isEqualTo(4_183_000);
    assertThat(timestamps.peek(6_017)).as("for sender reports").isEqualTo(4_186_000);
  }

  @Test
  void aSourceThatGoesOnAsBeforeIsLeftAlone() {
    timestamps.map(4_000_000, 0);
    timestamps.restart(4_140_000, 2 * SECOND);
    assertThat(timestamps.map(4_140_000, 2 * SECOND)).isEqualTo(4_140_000);
  }

  @Test
  void theEndOfTheNumbersIsNoEnd() {
    timestamps.map(-90_000, 0);
    timestamps.restart(0, SECOND);
    assertThat(timestamps.map(0, SECOND)).as("goes on across zero").isZero();
    timestamps.restart(Integer.MIN_VALUE, 2 * SECOND);
    assertThat(timestamps.map(Integer.MIN_VALUE, 2 * SECOND)).isEqualTo(90_000);
  }
}
