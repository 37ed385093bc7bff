package dev.weir.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinkGuardTest {
  private static final long SECOND = 1_000_000_000L;

  private final LinkGuard guard = new LinkGuard();
  private long now;

  /** Runs for so many seconds; what the link does depends on how many layers are pulled. */
  private void run(double seconds, int layersThatFit) {
    for (long end = now + (long) (seconds * SECOND); now < end; now += LinkGuard.INTERVAL) {
      boolean tooMuch = guard.layers() > layersThatFit;
      guard.sample(now, tooMuch ? 0.3 : 0, tooMuch ? SECOND / 2 : 0, false, () -> 3);
    }
  }

  @Test
  void aGoodLinkKeepsAllLayers() {
    run(60, 3);

    assertThat(guard.layers()).isEqualTo(3);
  }

  @Test
  void oneBadSampleChangesNothing() {
    guard.sample(0, 0.5, 0, false, () -> 3);
    guard.sample(LinkGuard.INTERVAL, 0, 0, false, () -> 3);

    assertThat(guard.layers()).isEqualTo(3);
  }

  @Test
  void aThinLinkLosesLayersUntilTheRestFits() {
    run(6, 1);

    assertThat(guard.layers()).isEqualTo(1);
  }

  @Test
  void whatDoesNotFitGoesAtOnce() {
    for (int i = 0; i < 2; i++) {
      guard.sample(i * LinkGuard.INTERVAL, 0.6, SECOND / 2, false, () -> 1);
    }

    assertThat(guard.layers()).isEqualTo(1);
  }

  @Test
  void triesAgainAndWaitsLongerAfterEachFailure() {
    run(6, 2);
    int triesInFirstMinute = tries(60, 2);
    int triesInThirdMinute = 0;
    run(60, 2);
    triesInThirdMinute += tries(60, 2);

    assertThat(triesInFirstMinute).isBetween(1, 4);
    assertThat(triesInThirdMinute).isLessThanOrEqualTo(1);
  }

  @Test
  void aLayerThatTurnsOutTooMuchIsGivenUpAtOnce() {
    run(6, 2);
    long raised = now;
    while (guard.layers() == 2) {
      run(0.5, 2);
      raised = now;
    }
    while (guard.layers() == 3) {
      run(0.5, 2);
    }

    assertThat(now - raised).isLessThanOrEqualTo(SECOND);
  }

  private int tries(double seconds, int layersThatFit) {
    int tries = 0;
    for (long end = now + (long) (seconds * SECOND); now < end; now += LinkGuard.INTERVAL) {
      boolean tooMuch = guard.layers() > layersThatFit;
      int before = guard.layers();
      guard.sample(now, tooMuch ? 0.3 : 0, 0, false, () -> 3);
      tries += guard.layers() > before ? 1 : 0;
    }
    return tries;
  }

  @Test
  void aLinkThatHealsCarriesEverythingAgain() {
    run(10, 1);
    run(40, 3);

    assertThat(guard.layers()).isEqualTo(3);
  }

  @Test
  void overTheAgreedBitrateCountsAsCongestion() {
    for (int i = 0; i < 3; i++) {
      guard.sample(i * LinkGuard.INTERVAL, 0, 0, true, () -> 3);
    }
    assertThat(guard.layers()).isEqualTo(2);
  }

  @Test
  void aStandingQueueIsSeenAndBurstsAreNot() {
    StandingDelay delay = new StandingDelay();
    int timestamp = 0;
    long clock = 5 * SECOND;
    for (int i = 0; i < 30; i++) {
      // Every second packet is late: a burst, not a queue.
      delay.arrived(timestamp, 90_000, clock + (i % 2) * 80_000_000L);
      timestamp += 900;
      clock += 10_000_000L;
    }
    assertThat(delay.endInterval()).isZero();
    for (int i = 0; i < 30; i++) {
      delay.arrived(timestamp, 90_000, clock + 150_000_000L);
      timestamp += 900;
      clock += 10_000_000L;
    }
    assertThat(delay.endInterval()).isBetween(145_000_000L, 155_000_000L);
  }

  @Test
  void aPauseOfTheStreamIsNoDelay() {
    StandingDelay delay = new StandingDelay();
    long clock = SECOND;
    for (int i = 0; i < 20; i++) {
      delay.arrived(900 * i, 90_000, clock += 10_000_000L);
    }
    delay.endInterval();
    clock += 20 * SECOND;
    for (int i = 0; i < 20; i++) {
      delay.arrived(20_000 + 900 * i, 90_000, clock += 10_000_000L);
    }
    assertThat(delay.endInterval()).isZero();
  }
}
