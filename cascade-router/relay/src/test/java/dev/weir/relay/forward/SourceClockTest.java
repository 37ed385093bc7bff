package dev.weir.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.rtcp.RtcpWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers switch no viewer between layers of which one was never reported. */
class SourceClockTest {
  private static final long NOON = 4_000_000_000L << 32;
  private static final long MILLIS = 1_000_000L;

  private final FakeSfu sfu = new FakeSfu();
  private final LayerForwarder otherLayer =
      new LayerForwarder(0, true, sfu.meter, sfu.clock, () -> {});

  SourceClockTest() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    sfu.close();
  }

  @Test
  void tellsTheTimeOfAnyMoment() {
    SourceClock clock = new SourceClock();
    assertThat(clock.known()).isFalse();

    clock.told(NOON, 5_000 * MILLIS);

    assertThat(clock.known()).isTrue();
    assertThat(clock.ntpAt(5_000 * MILLIS)).isEqualTo(NOON);
    assertThat(clock.ntpAt(7_500 * MILLIS)).isEqualTo(NOON + (5L << 31));
    assertThat(clock.ntpAt(4_000 * MILLIS)).isEqualTo(NOON - (1L << 32));
  }

  @Test
  void aLayerIsReportedWithItsFirstPacketOnceAnotherOneWas() throws Exception {
    sfu.onLoop(
        () -> {
          otherLayer.senderReport(report(NOON, 1), 0, System.nanoTime());
          sfu.arrive(FakeSfu.packet(3, 3));
          sfu.arrive(FakeSfu.packet(4, 4));
        });

    assertThat(sfu.reported).hasSize(1);
    assertThat(sfu.reported.getFirst().timestamp()).isEqualTo(9000);
    assertThat(secondsAfterNoon(sfu.reported.getFirst())).isBetween(0.0, 5.0);
  }

  @Test
  void aLayerThatStoppedBeforeAnyReportCameIsReportedLater() throws Exception {
    sfu.onLoop(
        () -> {
          sfu.arrive(FakeSfu.packet(3, 3));
          sfu.forwarder.reportUntold();
        });
    assertThat(sfu.reported).isEmpty();

    sfu.onLoop(
        () -> {
          long anHourOn = System.nanoTime() + 3_600_000 * MILLIS;
          otherLayer.senderReport(report(NOON, 1), 0, anHourOn);
          sfu.forwarder.reportUntold();
          sfu.forwarder.reportUntold();
        });

    assertThat(sfu.reported).hasSize(1);
    assertThat(sfu.reported.getFirst().timestamp()).isEqualTo(9000);
    // The report is of the moment when the last packet was there.
    assertThat(secondsAfterNoon(sfu.reported.getFirst())).isBetween(-3660.0, -3600.0);
  }

  @Test
  void theSourcesOwnReportIsPassedOnAndNeedsNoOther() throws Exception {
    sfu.onLoop(
        () -> {
          sfu.arrive(FakeSfu.packet(3, 3));
          sfu.forwarder.senderReport(report(NOON, 9090), 0, System.nanoTime());
          sfu.arrive(FakeSfu.packet(4, 4));
          sfu.forwarder.reportUntold();
        });

    assertThat(sfu.reported).containsExactly(new FakeSfu.Reported(NOON, 9090));
  }

  @Test
  void aSourceThatBeginsAnewIsReportedAnew() throws Exception {
    sfu.onLoop(
        () -> {
          otherLayer.senderReport(report(NOON, 1), 0, System.nanoTime());
          sfu.arrive(FakeSfu.packet(3, 3));
          sfu.out.restart();
          sfu.arrive(FakeSfu.packet(4, 4));
        });

    assertThat(sfu.reported).extracting(FakeSfu.Reported::timestamp).containsExactly(9000, 12_000);
  }

  private static double secondsAfterNoon(FakeSfu.Reported report) {
    return (report.time() - NOON) / (double) (1L << 32);
  }

  private static byte[] report(long time, int timestamp) {
    byte[] report = new byte[28];
    var unused = RtcpWriter.senderReport(report, 0, FakeSfu.SOURCE_SSRC, time, timestamp, 1, 1);
    return report;
  }
}
