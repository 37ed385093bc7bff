package dev.weir.relay.forward;

import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.rtcp.RtcpReader;
import dev.weir.relay.rtcp.RtcpWriter;
import dev.weir.relay.rtp.Extensions;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.transport.SecurePath;
import dev.weir.relay.wire.IntMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The media of one pull: which SSRC feeds which forwarder, and the feedback that goes back to the
 * source. Binding by SSRC comes from the answer; a stream that is not in it yet is recognised by
 * its MID.
 */
public final class PullMedia {
  private static final long TICK = 10_000_000L;
  private static final long REPORT = 1_000_000_000L;
  private static final long USUAL_ROUND_TRIP = 50_000_000L;
  private static final int MAX_BLOCKS = 31;
  private static final int MAX_UNKNOWN = 256;

  private final EventLoop loop;
  private final int reporter;
  private final SifFilter sif = new SifFilter();
  private final LegMeter meter;
  private final IntMap<Bound> bySsrc = new IntMap<>();
  private final Map<String, LayerForwarder> byMid = new HashMap<>();
  private final byte[] report = new byte[1200];
  private final Reports reports = new Reports();
  private @Nullable SecurePath transport;
  private List<Bound> bound = List.of();
  private final Runnable tick = this::tick;
  private boolean armed;
  private long sampledBytes;
  private boolean closed;
  private int unknown;

  private static final class Bound {
    final InboundStream stream;
    final LayerForwarder forwarder;
    boolean wanted = true;
    long lostBefore;
    long recoveredBefore;

    Bound(InboundStream stream, LayerForwarder forwarder) {
      this.stream = stream;
      this.forwarder = forwarder;
    }

    /** What is not wanted any more is not repaired: on a thin link that would keep it going. */
    void wanted(boolean now) {
      if (now != wanted) {
        stream.gaps().abandon();
      }
      wanted = now;
    }
  }

  /**
   * @param reporter the SSRC under which feedback is sent
   */
  public PullMedia(EventLoop loop, int reporter, LegMeter meter) {
    this.loop = loop;
    this.reporter = reporter;
    this.meter = meter;
    loop.execute(this::report);
  }

  int reporter() {
    return reporter;
  }

  @Nullable SecurePath transport() {
    return transport;
  }

  public SifFilter sif() {
    return sif;
  }

  /** A connection of this pull is up; what the one before it brought is forgotten. */
  public void attach(SecurePath over) {
    transport = over;
  }

  /** Replaces all bindings: mid and SSRC of each stream of the newest answer. */
  public void bind(List<Binding> bindings) {
    byMid.clear();
    List<Bound> keep = new ArrayList<>();
    for (Binding binding : bindings) {
      byMid.put(binding.mid(), binding.forwarder());
      if (binding.ssrc() != 0) {
        Bound made = bindSsrc(binding.ssrc(), binding.forwarder());
        made.wanted(binding.wanted());
        keep.add(made);
      }
    }
    for (Bound old : bound) {
      if (!keep.contains(old)
          && bindings.stream().noneMatch(b -> b.forwarder() == old.forwarder && b.ssrc() == 0)) {
        bySsrc.remove(old.stream.ssrc());
        old.forwarder.unbound(old.stream);
      } else if (!keep.contains(old)) {
        keep.add(old);
      }
    }
    bound = keep;
  }

  /**
   * One stream of an answer.
   *
   * @param ssrc 0 when the answer did not name it
   * @param wanted whether the source is asked to send it now
   */
  public record Binding(String mid, int ssrc, LayerForwarder forwarder, boolean wanted) {}

  private Bound bindSsrc(int ssrc, LayerForwarder forwarder) {
    Bound known = bySsrc.get(ssrc);
    if (known != null && known.forwarder == forwarder) {
      return known;
    }
    if (known != null) {
      known.forwarder.unbound(known.stream);
    }
    InboundStream stream = new InboundStream(ssrc, Rtp.clockRate(forwarder.video()));
    Bound made = new Bound(stream, forwarder);
    bySsrc.put(ssrc, made);
    forwarder.bound(this, stream);
    return made;
  }

  public void rtp(byte[] b, int off, int len, long now) {
    Bound to = bySsrc.get(Rtp.ssrc(b, off));
    if (to == null) {
      to = bindByMid(b, off);
      if (to == null) {
        return;
      }
    }
    sampledBytes += len;
    to.stream.arrived(b, off, now);
    if (to.wanted && to.stream.gaps().hasGaps()) {
      arm();
    }
    to.forwarder.forward(b, off, len, sif, now);
  }

  private @Nullable Bound bindByMid(byte[] b, int off) {
    int found = Rtp.findExtension(b, off, Extensions.MID);
    if (found < 0 || unknown > MAX_UNKNOWN) {
      return null;
    }
    unknown++;
    String mid = new String(b, off + (found & 0xffff), found >> 16, StandardCharsets.US_ASCII);
    LayerForwarder forwarder = byMid.get(mid);
    if (forwarder == null) {
      return null;
    }
    Bound made = bindSsrc(Rtp.ssrc(b, off), forwarder);
    List<Bound> all = new ArrayList<>(bound);
    all.add(made);
    bound = all;
    return made;
  }

  public void rtcp(byte[] b, int off, int len, long now) {
    reports.now = now;
    RtcpReader.read(b, off, len, reports);
  }

  private final class Reports implements RtcpReader.Visitor {
    private long now;

    @Override
    public void senderReport(byte[] b, int at, int ssrc) {
      Bound to = bySsrc.get(ssrc);
      if (to != null) {
        to.stream.senderReport(b, at, now);
        to.forwarder.senderReport(b, at, now);
      }
    }
  }

  /** Looks after gaps and held-back key-frame requests, as long as there are any. */
  private void arm() {
    if (!armed && !closed) {
      armed = true;
      loop.schedule(TICK, tick);
    }
  }

  private void tick() {
    armed = false;
    SecurePath over = transport;
    if (closed || over == null) {
      return;
    }
    long now = System.nanoTime();
    boolean again = false;
    for (int i = 0; i < bound.size(); i++) {
      Bound each = bound.get(i);
      again |= each.forwarder.tick(now);
      if (each.wanted && each.stream.gaps().hasGaps()) {
        askForGaps(each, over, now);
        again = true;
      }
    }
    if (again) {
      arm();
    }
  }

  void keyFrameRequestHeld() {
    arm();
  }

  /**
   * What came since the last sample.
   *
   * @param standingDelay of the stream that is delayed least; all streams share the link
   */
  record Sample(long bytes, long packets, long expected, long standingDelay) {
    /** What the source sent, as the numbers of its packets tell. */
    long bytesSent() {
      return packets <= 0 ? bytes : bytes * Math.max(expected, packets) / packets;
    }
  }

  Sample sample() {
    long packets = 0;
    long expected = 0;
    long delay = StandingDelay.UNKNOWN;
    for (Bound each : bound) {
      expected += each.stream.expectedSinceSample();
      packets += each.stream.receivedSinceSample();
      long own = each.stream.endDelayInterval();
      if (own != StandingDelay.UNKNOWN) {
        delay = delay == StandingDelay.UNKNOWN ? own : Math.min(delay, own);
      }
    }
    long bytes = sampledBytes;
    sampledBytes = 0;
    return new Sample(bytes, packets, expected, delay);
  }

  /** Tells the source what this pull can take. */
  void remb(long bitsPerSecond) {
    SecurePath over = transport;
    if (over == null || bound.isEmpty()) {
      return;
    }
    int count = Math.min(bound.size(), MAX_BLOCKS);
    int[] ssrcs = new int[count];
    for (int i = 0; i < count; i++) {
      ssrcs[i] = bound.get(i).stream.ssrc();
    }
    int length = RtcpWriter.remb(report, 0, reporter, bitsPerSecond, ssrcs, count);
    over.sendRtcp(report, 0, length);
  }

  private void report() {
    SecurePath over = transport;
    if (closed) {
      return;
    }
    if (over != null) {
      reportReception(over, System.nanoTime());
      bound.forEach(each -> each.forwarder.reportUntold());
    }
    loop.schedule(REPORT, this::report);
  }

  private void askForGaps(Bound from, SecurePath over, long now) {
    Nacks nacks = new Nacks(from.stream.ssrc());
    long known = over.roundTrip();
    long roundTrip = known < 0 ? USUAL_ROUND_TRIP : Math.clamp(known, TICK, GapTracker.GIVE_UP / 3);
    from.stream.gaps().due(now, roundTrip, nacks);
    nacks.send(over);
    meter.lost += from.stream.gaps().givenUp() - from.lostBefore;
    from.lostBefore = from.stream.gaps().givenUp();
    meter.recovered += from.stream.gaps().recovered() - from.recoveredBefore;
    from.recoveredBefore = from.stream.gaps().recovered();
  }

  /** Packs what is asked for into one NACK. */
  private final class Nacks implements GapTracker.Asked {
    private int length;
    private int first = -1;
    private int following;

    Nacks(int ssrc) {
      length = RtcpWriter.beginNack(report, 0, reporter, ssrc);
    }

    @Override
    public void ask(int sequence) {
      meter.nacksToSource++;
      int distance = sequence - first - 1 & 0xffff;
      if (first >= 0 && distance < 16) {
        following |= 1 << distance;
        return;
      }
      flush();
      first = sequence;
      following = 0;
    }

    private void flush() {
      if (first >= 0 && length + 4 <= report.length) {
        length += RtcpWriter.nackItem(report, length, first, following);
      }
    }

    void send(SecurePath over) {
      flush();
      if (length > 12) {
        RtcpWriter.endNack(report, 0, length);
        over.sendRtcp(report, 0, length);
      }
    }
  }

  private void reportReception(SecurePath over, long now) {
    int length = 0;
    int blocks = 0;
    for (Bound each : bound) {
      if (!each.stream.any()) {
        continue;
      }
      if (blocks == 0) {
        length = RtcpWriter.beginReport(report, 0, reporter);
      }
      length += each.stream.report(report, length, now);
      if (++blocks == MAX_BLOCKS) {
        RtcpWriter.endReport(report, 0, length, blocks);
        over.sendRtcp(report, 0, length);
        blocks = 0;
      }
    }
    if (blocks > 0) {
      RtcpWriter.endReport(report, 0, length, blocks);
      over.sendRtcp(report, 0, length);
    }
  }

  public void detach() {
    transport = null;
    for (Bound old : bound) {
      old.forwarder.unbound(old.stream);
      bySsrc.remove(old.stream.ssrc());
    }
    bound = List.of();
    byMid.clear();
  }

  public void close() {
    closed = true;
    detach();
  }
}
