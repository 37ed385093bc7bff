package dev.weir.relay.forward;

import dev.weir.relay.rtcp.RtcpReader;
import dev.weir.relay.rtcp.RtcpWriter;
import dev.weir.relay.rtp.HeaderTemplate;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.transport.SecurePath;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One layer of one track, from the pull that brings it to every target room that wants it. Receive,
 * filter, rewrite, protect, send: all in one call on the loop.
 */
public final class LayerForwarder {
  private static final OutStream[] NONE = {};

  private final int layer;
  private final boolean video;
  private final LegMeter meter;
  private final SourceClock clock;
  private final byte[] scratch = new byte[128];
  private final KeyFrameGate keyFrames = new KeyFrameGate();
  private @Nullable PullMedia pull;
  private @Nullable InboundStream inbound;
  private OutStream[] outputs = NONE;
  private int level = HeaderTemplate.NO_LEVEL;
  private long lastArrival;
  private Runnable onFirst;

  /**
   * @param clock of the track's publisher, shared by the layers
   * @param onFirst called once, when the first packet was forwarded
   */
  public LayerForwarder(
      int layer, boolean video, LegMeter meter, SourceClock clock, Runnable onFirst) {
    this.layer = layer;
    this.video = video;
    this.meter = meter;
    this.clock = clock;
    this.onFirst = onFirst;
  }

  int layer() {
    return layer;
  }

  /** Whether this is a layer of video, not audio. */
  public boolean video() {
    return video;
  }

  public void add(OutStream output) {
    outputs = Arrays.copyOf(outputs, outputs.length + 1);
    outputs[outputs.length - 1] = output;
    output.source(this);
  }

  public void remove(OutStream output) {
    outputs = Arrays.stream(outputs).filter(other -> other != output).toArray(OutStream[]::new);
    output.source(null);
  }

  /** The RFC 6464 byte that copies of this audio track carry from now on. */
  public void level(int now) {
    level = now;
  }

  void bound(PullMedia from, InboundStream stream) {
    pull = from;
    inbound = stream;
    for (OutStream output : outputs) {
      output.restart();
    }
  }

  void unbound(InboundStream stream) {
    if (inbound == stream) {
      inbound = null;
      pull = null;
    }
  }

  void forward(byte[] b, int off, int len, SifFilter sif, long now) {
    meter.in(layer, len);
    lastArrival = now;
    boolean injected = sif.matches(b, off, len);
    if (injected || Rtp.isPaddingOnly(b, off, len)) {
      if (injected) {
        meter.sifDropped++;
      }
      for (OutStream output : outputs) {
        output.drop(b, off);
      }
      return;
    }
    for (OutStream output : outputs) {
      output.forward(b, off, len, level, now);
    }
    meter.transit(System.nanoTime() - now);
    if (onFirst != DONE) {
      onFirst.run();
      onFirst = DONE;
    }
  }

  private static final Runnable DONE = () -> {};

  void senderReport(byte[] b, int at, long now) {
    clock.told(RtcpReader.reportedTime(b, at), now);
    for (OutStream output : outputs) {
      output.senderReport(b, at, scratch);
    }
  }

  /** Reports what the source did not report itself, as far as another layer's reports tell. */
  void reportUntold() {
    for (OutStream output : outputs) {
      reportUntold(output);
    }
  }

  void reportUntold(OutStream output) {
    output.reportUntold(clock, scratch);
  }

  /** Asks the source for a key frame, unless one was asked for a moment ago. */
  public void requestKeyFrame(long now) {
    if (!video || inbound == null) {
      return;
    }
    if (keyFrames.admits(now)) {
      sendKeyFrameRequest();
      return;
    }
    meter.plisHeldBack++;
    PullMedia over = pull;
    if (over != null) {
      over.keyFrameRequestHeld();
    }
  }

  /** Whether it wants to be called again soon. */
  boolean tick(long now) {
    if (keyFrames.due(now)) {
      sendKeyFrameRequest();
    }
    return keyFrames.pending();
  }

  private void sendKeyFrameRequest() {
    InboundStream from = inbound;
    PullMedia over = pull;
    SecurePath transport = over == null ? null : over.transport();
    if (from != null && over != null && transport != null) {
      meter.plisToSource++;
      transport.sendRtcp(scratch, 0, RtcpWriter.pli(scratch, 0, over.reporter(), from.ssrc()));
    }
  }

  public boolean receivedSince(long nanoTime) {
    return lastArrival != 0 && lastArrival - nanoTime >= 0;
  }
}
