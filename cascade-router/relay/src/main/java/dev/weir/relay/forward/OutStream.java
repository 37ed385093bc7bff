package dev.weir.relay.forward;

import dev.weir.relay.rtcp.RtcpReader;
import dev.weir.relay.rtcp.RtcpWriter;
import dev.weir.relay.rtp.HeaderTemplate;
import dev.weir.relay.rtp.PacketRing;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.rtp.SequenceMap;
import dev.weir.relay.rtp.TimestampMap;
import dev.weir.relay.srtp.SrtpSession;
import dev.weir.relay.transport.SecurePath;
import org.jspecify.annotations.Nullable;

/**
 * One SSRC that is sent into one target room: the copy of one layer of one track. It outlives the
 * source stream that feeds it, so that viewers see one stream across reconnects of the pull.
 */
public final class OutStream {
  /** A packet that was just sent again is not sent once more for the same loss. */
  private static final long RESEND_QUIET = 15_000_000L;

  private final int ssrc;
  private final int layer;
  private final HeaderTemplate template;
  private final SequenceMap sequences;
  private final TimestampMap timestamps;
  private final int ringBytes;
  private final LegMeter meter;
  private @Nullable SecurePath transport;
  private SrtpSession.@Nullable Stream stream;
  private @Nullable PacketRing ring;
  private @Nullable LayerForwarder source;
  private boolean wanted = true;
  private boolean fresh = true;
  private boolean reported;
  private long packets;
  private long bytes;
  private long lastSentAt;

  /**
   * @param clockRate of the timestamps
   * @param firstSequence random, as RFC 3550 wants it
   * @param ringBytes history kept for NACKs
   */
  public OutStream(
      int ssrc,
      int layer,
      HeaderTemplate template,
      int clockRate,
      int firstSequence,
      int ringBytes,
      LegMeter meter) {
    this.ssrc = ssrc;
    this.layer = layer;
    this.template = template;
    this.sequences = new SequenceMap(firstSequence);
    this.timestamps = new TimestampMap(clockRate);
    this.ringBytes = ringBytes;
    this.meter = meter;
  }

  public int ssrc() {
    return ssrc;
  }

  /** The connection is up: from now on packets leave. */
  public void attach(SecurePath over) {
    SrtpSession session = over.srtp();
    if (session != null) {
      transport = over;
      stream = session.stream(ssrc);
      ring = null;
      restart();
    }
  }

  public void detach() {
    transport = null;
    stream = null;
  }

  void source(@Nullable LayerForwarder forwarder) {
    source = forwarder;
  }

  /** Whether viewers of this room want this layer. */
  public void wanted(boolean now) {
    if (now && !wanted) {
      restart();
    }
    wanted = now;
  }

  /** The source stream ended or was replaced: numbering starts anew behind what was sent. */
  void restart() {
    fresh = true;
    reported = false;
  }

  /**
   * Sends a packet that carries nothing, so that the target room learns of the track before media
   * comes.
   */
  public void prime() {
    SecurePath over = transport;
    SrtpSession.Stream state = stream;
    if (over == null || state == null || packets > 0) {
      return;
    }
    SrtpSession session = over.srtp();
    if (session == null) {
      return;
    }
    byte[] packet = new byte[256];
    int length = template.writePadding(sequences.insert(), timestamps.last(), packet, 0);
    int header = Rtp.headerLength(packet, 0);
    byte[] out = new byte[256 + SrtpSession.RTP_OVERHEAD];
    System.arraycopy(packet, 0, out, 0, header);
    int sealed = session.protect(state, out, 0, header, packet, header, length - header);
    over.send(out, 0, sealed);
  }

  /** Sends a copy of the packet; {@code level} is its audio level byte, or none. */
  void forward(byte[] b, int off, int len, int level, long now) {
    SecurePath over = transport;
    SrtpSession.Stream state = stream;
    if (!wanted || over == null || state == null) {
      return;
    }
    SrtpSession session = over.srtp();
    if (session == null) {
      return;
    }
    int sequence = Rtp.sequence(b, off);
    int timestamp = Rtp.timestamp(b, off);
    if (fresh) {
      sequences.restart(sequence);
      timestamps.restart(timestamp, now);
      fresh = false;
    }
    int outSequence = sequences.map(sequences.extend(sequence));
    if (outSequence < 0) {
      return;
    }
    int header = Rtp.headerLength(b, off);
    int payload = len - header;
    PacketRing kept = ring;
    if (kept == null) {
      kept = new PacketRing(ringBytes);
      ring = kept;
    }
    int at = kept.reserve(HeaderTemplate.MAX_LENGTH + payload + SrtpSession.RTP_OVERHEAD);
    byte[] out = kept.bytes();
    int outHeader = template.write(b, off, outSequence, out, at, level);
    Rtp.timestamp(out, at, timestamps.map(timestamp, now));
    int sealed = session.protect(state, out, at, outHeader, b, off + header, payload);
    if (sealed < 0) {
      return;
    }
    kept.commit(outSequence, sealed);
    over.send(out, at, sealed);
    lastSentAt = now;
    packets++;
    bytes += payload;
    meter.out(layer, sealed);
    LayerForwarder from = source;
    if (!reported && from != null) {
      from.reportUntold(this);
    }
  }

  /** A packet of the source was taken out. */
  void drop(byte[] b, int off) {
    if (!fresh) {
      sequences.drop(sequences.extend(Rtp.sequence(b, off)));
    }
  }

  /** The source told what time it is in its stream. */
  void senderReport(byte[] b, int at, byte[] scratch) {
    // What a new source tells before its first packet cannot be placed yet.
    if (wanted && !fresh) {
      int timestamp = timestamps.peek(RtcpReader.reportedTimestamp(b, at));
      report(RtcpReader.reportedTime(b, at), timestamp, scratch);
    }
  }

  /** Tells the target what the source did not tell of this stream yet. */
  void reportUntold(SourceClock clock, byte[] scratch) {
    if (!reported && clock.known()) {
      report(clock.ntpAt(lastSentAt), timestamps.last(), scratch);
    }
  }

  private void report(long ntp, int timestamp, byte[] scratch) {
    SecurePath over = transport;
    if (over != null && packets > 0) {
      over.sendRtcp(
          scratch, 0, RtcpWriter.senderReport(scratch, 0, ssrc, ntp, timestamp, packets, bytes));
      reported = true;
    }
  }

  /** The target misses packets: sends again what is still here. */
  public void nack(int sequence, int following, long now) {
    resend(sequence, now);
    for (int i = 0; i < 16; i++) {
      if ((following & 1 << i) != 0) {
        resend(sequence + 1 + i & 0xffff, now);
      }
    }
  }

  private void resend(int sequence, long now) {
    SecurePath over = transport;
    PacketRing kept = ring;
    if (over == null || kept == null) {
      return;
    }
    long found = kept.find(sequence, now, RESEND_QUIET);
    if (found < 0) {
      meter.nacksMissed++;
      return;
    }
    meter.nacksAnswered++;
    over.send(kept.bytes(), (int) found, (int) (found >>> 32));
  }

  /** The target needs a key frame. */
  public void keyFrameRequest(long now) {
    LayerForwarder from = source;
    if (from != null) {
      from.requestKeyFrame(now);
    }
  }

  public boolean sentSince(long nanoTime) {
    return packets > 0 && lastSentAt - nanoTime >= 0;
  }

  public boolean sentAny() {
    return packets > 0;
  }
}
