package dev.weir.relay.forward;

import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.rtcp.RtcpReader;
import dev.weir.relay.rtp.HeaderTemplate;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.srtp.SrtpProfile;
import dev.weir.relay.srtp.SrtpSession;
import dev.weir.relay.transport.SecurePath;
import dev.weir.relay.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Both servers of a relayed layer without sockets: a source that makes packets, and a target that
 * opens and keeps what comes.
 */
final class FakeSfu implements AutoCloseable {
  static final int SOURCE_SSRC = 77;
  static final int TARGET_SSRC = 88;
  static final byte[] TRAILER = "sif-trailer".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  final EventLoop loop = new EventLoop("fake-sfu", Throwable::printStackTrace);
  final LegMeter meter = new LegMeter();
  final PullMedia pull = new PullMedia(loop, 1, meter);
  final SourceClock clock = new SourceClock();
  final LayerForwarder forwarder = new LayerForwarder(2, true, meter, clock, () -> {});
  final OutStream out =
      new OutStream(
          TARGET_SSRC,
          2,
          new HeaderTemplate(96, TARGET_SSRC, "1", "f"),
          90_000,
          500,
          256 * 1024,
          meter);

  /** What the target has: payload number by sequence number. */
  final Map<Integer, Integer> delivered = new TreeMap<>();

  final List<Integer> asked = new ArrayList<>();
  final List<Reported> reported = new ArrayList<>();
  int refused;
  int keyFrameRequests;

  private final SrtpSession targetSide = session(false);

  /** What the target was told of the time in the stream. */
  record Reported(long time, int timestamp) {}

  FakeSfu() throws Exception {
    onLoop(
        () -> {
          out.attach(new Target());
          forwarder.add(out);
          pull.attach(new Source());
          pull.sif().trailer(TRAILER);
          bind(true);
        });
  }

  void bind(boolean wanted) {
    pull.bind(List.of(new PullMedia.Binding("0", SOURCE_SSRC, forwarder, wanted)));
  }

  private static SrtpSession session(boolean client) {
    byte[] keys = new byte[SrtpProfile.AEAD_AES_128_GCM.exportLength()];
    new Random(1).nextBytes(keys);
    return new SrtpSession(SrtpProfile.AEAD_AES_128_GCM, keys, client);
  }

  void onLoop(Runnable work) throws Exception {
    CompletableFuture.runAsync(work, loop).get(10, TimeUnit.SECONDS);
  }

  /** A plain packet of the source. */
  static byte[] packet(int sequence, int number) {
    byte[] packet = new byte[12 + 40];
    packet[0] = (byte) 0x80;
    packet[1] = 96;
    Wire.put16(packet, 2, sequence);
    Wire.put32(packet, 4, 3000 * sequence);
    Wire.put32(packet, 8, SOURCE_SSRC);
    Wire.put32(packet, 12, number);
    return packet;
  }

  /** What the source's server puts into a muted track. */
  static byte[] injected(int sequence) {
    byte[] packet = packet(sequence, -1);
    System.arraycopy(TRAILER, 0, packet, packet.length - TRAILER.length, TRAILER.length);
    return packet;
  }

  void arrive(byte[] packet) {
    pull.rtp(packet, 0, packet.length, System.nanoTime());
  }

  @Override
  public void close() throws Exception {
    onLoop(pull::close);
    loop.close();
  }

  private final class Target implements SecurePath {
    private final SrtpSession session = session(true);
    private final byte[] plain = new byte[2048];

    @Override
    public @Nullable SrtpSession srtp() {
      return session;
    }

    @Override
    public boolean send(byte[] bytes, int off, int len) {
      int length = targetSide.open(bytes, off, len, Rtp.headerLength(bytes, off), plain, 0);
      if (length < 0) {
        refused++;
        return true;
      }
      delivered.put(Rtp.sequence(plain, 0), Wire.i32(plain, Rtp.headerLength(plain, 0)));
      return true;
    }

    @Override
    public void sendRtcp(byte[] b, int off, int len) {
      RtcpReader.read(
          b,
          off,
          len,
          new RtcpReader.Visitor() {
            @Override
            public void senderReport(byte[] bytes, int at, int ssrc) {
              reported.add(
                  new Reported(
                      RtcpReader.reportedTime(bytes, at), RtcpReader.reportedTimestamp(bytes, at)));
            }
          });
    }
  }

  private final class Source implements SecurePath, RtcpReader.Visitor {
    @Override
    public @Nullable SrtpSession srtp() {
      return null;
    }

    @Override
    public boolean send(byte[] bytes, int off, int len) {
      return false;
    }

    @Override
    public void sendRtcp(byte[] b, int off, int len) {
      RtcpReader.read(b, off, len, this);
    }

    @Override
    public void keyFrameRequest(int ssrc) {
      keyFrameRequests++;
    }

    @Override
    public void nack(int ssrc, int sequence, int following) {
      asked.add(sequence);
      for (int i = 0; i < 16; i++) {
        if ((following & 1 << i) != 0) {
          asked.add(sequence + 1 + i & 0xffff);
        }
      }
    }
  }
}
