package dev.weir.relay.forward;

import dev.weir.relay.rtcp.RtcpWriter;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.wire.Wire;

/**
 * What is known of one SSRC of a pull: reception statistics (RFC 3550), gaps, and the last sender
 * report.
 */
final class InboundStream {
  private final int ssrc;
  private final int clockRate;
  private final GapTracker gaps = new GapTracker();
  private final StandingDelay delay = new StandingDelay();
  private long sampledExpected;
  private long sampledReceived;
  private long jitter;
  private long lastTransit;
  private boolean any;
  private long expectedBefore;
  private long receivedBefore;
  private int lastReport;
  private long lastReportAt;

  InboundStream(int ssrc, int clockRate) {
    this.ssrc = ssrc;
    this.clockRate = clockRate;
  }

  int ssrc() {
    return ssrc;
  }

  GapTracker gaps() {
    return gaps;
  }

  void arrived(byte[] b, int off, long now) {
    long transit = now / 1000 * clockRate / 1_000_000 - (Rtp.timestamp(b, off) & 0xffff_ffffL);
    if (any) {
      long difference = Math.abs((int) (transit - lastTransit));
      if (difference < 10L * clockRate) {
        jitter += difference - (jitter + 8 >> 4);
      }
    }
    any = true;
    lastTransit = transit;
    delay.arrived(Rtp.timestamp(b, off), clockRate, now);
    gaps.arrived(gaps.extend(Rtp.sequence(b, off)), now);
  }

  void senderReport(byte[] b, int at, long now) {
    // The middle of the NTP time, as receiver reports quote it.
    lastReport = Wire.i32(b, at + 10);
    lastReportAt = now;
  }

  /** Appends this stream's block to a receiver report. */
  int report(byte[] b, int at, long now) {
    long expected = gaps.expected();
    long received = gaps.received();
    long expectedNow = expected - expectedBefore;
    long lostNow = expectedNow - (received - receivedBefore);
    expectedBefore = expected;
    receivedBefore = received;
    int fraction =
        expectedNow <= 0 || lostNow <= 0 ? 0 : (int) Math.min(255, 256 * lostNow / expectedNow);
    int delay = lastReportAt == 0 ? 0 : (int) ((now - lastReportAt) / 1000 * 65_536 / 1_000_000);
    return RtcpWriter.block(
        b,
        at,
        ssrc,
        fraction,
        (int) Math.max(0, expected - received),
        gaps.highestToReport(),
        (int) (jitter >> 4),
        lastReport,
        delay);
  }

  long endDelayInterval() {
    return delay.endInterval();
  }

  /** Packets that should have come since it was asked last. */
  long expectedSinceSample() {
    long now = gaps.expected();
    long since = now - sampledExpected;
    sampledExpected = now;
    return since;
  }

  /** Packets that came since it was asked last. */
  long receivedSinceSample() {
    long now = gaps.received();
    long since = now - sampledReceived;
    sampledReceived = now;
    return since;
  }

  boolean any() {
    return any;
  }
}
