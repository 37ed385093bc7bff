package dev.weir.relay.bench;

import dev.weir.relay.forward.LayerForwarder;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.forward.OutStream;
import dev.weir.relay.forward.PullMedia;
import dev.weir.relay.forward.SourceClock;
import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.rtp.HeaderTemplate;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.srtp.SrtpProfile;
import dev.weir.relay.srtp.SrtpSession;
import dev.weir.relay.transport.SecurePath;
import dev.weir.relay.wire.Wire;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a leg without its connections: what arrives is opened, forwarded and protected as in
 * the product.
 */
final class Pipeline {
  static final int SSRC = 0x11223344;

  /** Fixed header, extension header, MID and RID. */
  static final int OUT_HEADER = 20;

  private static final SrtpProfile PROFILE = SrtpProfile.AEAD_AES_128_GCM;

  private final SrtpSession source = session(1, true);
  private final SrtpSession.Stream stream = source.stream(SSRC);
  private final SrtpSession pullSide = session(1, false);
  private final byte[] plain = new byte[EventLoop.BUFFER];
  private final PullMedia pull;
  private final LegMeter meter = new LegMeter();
  private int sequence;

  /** Takes what leaves. */
  interface Sink {
    boolean send(byte[] bytes, int off, int len);
  }

  Pipeline(EventLoop loop, Sink sink) {
    pull = new PullMedia(loop, 1, meter);
    LayerForwarder forwarder = new LayerForwarder(2, true, meter, new SourceClock(), () -> {});
    OutStream out =
        new OutStream(7, 2, new HeaderTemplate(96, 7, "1", "f"), 90_000, 1000, 512 * 1024, meter);
    SrtpSession target = session(2, true);
    out.attach(
        new SecurePath() {
          @Override
          public @Nullable SrtpSession srtp() {
            return target;
          }

          @Override
          public boolean send(byte[] bytes, int off, int len) {
            return sink.send(bytes, off, len);
          }

          @Override
          public void sendRtcp(byte[] bytes, int off, int len) {}
        });
    forwarder.add(out);
    pull.bind(List.of(new PullMedia.Binding("0", SSRC, forwarder, true)));
    pull.sif().trailer(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
  }

  static SrtpSession session(long seed, boolean client) {
    byte[] keys = new byte[PROFILE.exportLength()];
    new Random(seed).nextBytes(keys);
    return new SrtpSession(PROFILE, keys, client);
  }

  /** The next packet of the source, protected. */
  byte[] next(int payload) {
    byte[] in = new byte[12 + payload];
    in[0] = (byte) 0x80;
    in[1] = 96;
    Wire.put16(in, 2, sequence++);
    Wire.put32(in, 4, sequence * 3000);
    Wire.put32(in, 8, SSRC);
    byte[] out = new byte[in.length + SrtpSession.RTP_OVERHEAD];
    System.arraycopy(in, 0, out, 0, 12);
    source.protect(stream, out, 0, 12, in, 12, payload);
    return out;
  }

  /** What the relay does with a datagram. */
  void arrive(byte[] packet, int len) {
    if (!Rtp.hasValidHeader(packet, 0, len)) {
      return;
    }
    int header = Rtp.headerLength(packet, 0);
    int length = pullSide.open(packet, 0, len, header, plain, 0);
    if (length > 0 && Rtp.isValid(plain, 0, length)) {
      pull.rtp(plain, 0, length, System.nanoTime());
    }
  }

  long forwarded() {
    return meter.read().out().get(2).packets();
  }

  void close() {
    pull.close();
  }
}
