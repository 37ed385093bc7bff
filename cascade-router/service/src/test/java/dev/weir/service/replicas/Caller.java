package dev.weir.service.replicas;

import dev.weir.relay.rtp.HeaderTemplate;
import dev.weir.relay.sdp.MediaCodec;
import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.session.Environment;
import dev.weir.relay.session.Loss;
import dev.weir.relay.session.MediaPackets;
import dev.weir.relay.session.SfuConnection;
import dev.weir.relay.session.SfuEvents;
import dev.weir.relay.srtp.SrtpSession;
import dev.weir.relay.transport.MediaTransport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalResponse;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A client with media, with the habits of the deployed ones: it never asks for a new token; a lost
 * WebSocket it resumes while media flows, on RECONNECT or when that fails it joins anew, and a
 * removal is the end.
 */
final class Caller implements AutoCloseable {
  private static final long AGAIN_MILLIS = 400;
  private static final long PACKET_NANOS = 20_000_000L;

  private final Environment environment;
  private final Deployment.Token token;
  private final String name;
  private final boolean speaks;
  private final List<String> ends = new CopyOnWriteArrayList<>();
  private final List<String> losses = new CopyOnWriteArrayList<>();
  private final Map<String, ParticipantInfo> others = new ConcurrentHashMap<>();
  private final AtomicInteger joins = new AtomicInteger();
  private final AtomicInteger resumes = new AtomicInteger();
  private final AtomicLong heard = new AtomicLong();
  private volatile @Nullable SfuConnection connection;
  private volatile String room = "";
  private volatile boolean up;
  private volatile boolean closed;

  Caller(Crowd crowd, String name, Deployment.Token token, boolean speaks) {
    this.environment = crowd.environment();
    this.name = name;
    this.token = token;
    this.speaks = speaks;
    environment.mailbox().execute(this::join);
  }

  String name() {
    return name;
  }

  /** LiveKit's name of the room that it has joined, a new one at each place. */
  String room() {
    return room;
  }

  /** Why it is not in its call any more; empty while all is well. */
  List<String> ends() {
    return ends;
  }

  /** What made it join anew. */
  List<String> losses() {
    return losses;
  }

  int joins() {
    return joins.get();
  }

  int resumes() {
    return resumes.get();
  }

  /** Packets of others that came in so far. */
  long heard() {
    return heard.get();
  }

  /** How long it takes until half a second of others' sound has come. */
  Duration untilItHears(Duration patience) {
    long began = System.nanoTime();
    long before = heard();
    Awaitility.await(name + " hears somebody")
        .atMost(patience)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> heard() > before + 25);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  boolean sees(String identity) {
    return others.containsKey(identity);
  }

  boolean isUp() {
    return up;
  }

  void awaitUp() {
    Awaitility.await(name + " is in the call")
        .atMost(Duration.ofSeconds(20))
        .until(() -> up || !ends.isEmpty());
  }

  private void join() {
    if (closed) {
      return;
    }
    up = false;
    others.clear();
    Voice voice = new Voice();
    SfuConnection fresh = new SfuConnection(environment, address -> true, voice, new Events());
    connection = fresh;
    JoinRequest.Builder request =
        JoinRequest.newBuilder()
            .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(true));
    if (speaks) {
      int mid =
          fresh.add(new MediaSection.Sending(MediaCodec.OPUS, "s", "audio", List.of(), voice.ssrc));
      voice.header =
          new HeaderTemplate(
              MediaCodec.OPUS.payloadType(), voice.ssrc, Integer.toString(mid), null);
      request.addAddTrackRequests(
          AddTrackRequest.newBuilder()
              .setCid("audio")
              .setName("audio")
              .setType(TrackType.AUDIO)
              .setSource(TrackSource.MICROPHONE)
              .setDisableRed(true)
              .setStream("s"));
    }
    fresh.add(new MediaSection.Receiving(false));
    fresh.join(token.url(), token.jwt(), request);
  }

  /** As when the page goes: afterwards nothing of it is under way. */
  @Override
  public void close() {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    environment
        .mailbox()
        .execute(
            () -> {
              closed = true;
              SfuConnection open = connection;
              if (open != null) {
                open.leave();
              }
              gone.complete(null);
            });
    gone.join();
  }

  /** Sends a packet of sound every 20 ms. */
  private final class Voice implements MediaPackets {
    private final int ssrc = 0x2000_0000 + (int) (System.nanoTime() & 0xffffff);
    private @Nullable HeaderTemplate header;
    private @Nullable MediaTransport over;
    private SrtpSession.@Nullable Stream stream;
    private int packets;

    @Override
    public void rtp(byte[] bytes, int off, int len, long arrivalNanos) {
      heard.incrementAndGet();
    }

    @Override
    public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {}

    @Override
    public void up(MediaTransport transport) {
      SrtpSession session = transport.srtp();
      if (speaks && session != null) {
        over = transport;
        stream = session.stream(ssrc);
        send();
      }
    }

    private void send() {
      MediaTransport to = over;
      SrtpSession session = to == null ? null : to.srtp();
      SrtpSession.Stream sealed = stream;
      HeaderTemplate template = header;
      if (closed || to == null || session == null || sealed == null || template == null) {
        return;
      }
      environment.loop().schedule(PACKET_NANOS, this::send);
      int time = packets * 960;
      byte[] in = new byte[12];
      in[0] = (byte) 0x80;
      for (int i = 0; i < 4; i++) {
        in[4 + i] = (byte) (time >>> (24 - 8 * i));
        in[8 + i] = (byte) (ssrc >>> (24 - 8 * i));
      }
      byte[] sound = new byte[80];
      byte[] out = new byte[HeaderTemplate.MAX_LENGTH + sound.length + SrtpSession.RTP_OVERHEAD];
      int at = template.write(in, 0, packets++ & 0xffff, out, 0, 0x80 | 20);
      to.send(out, 0, session.protect(sealed, out, 0, at, sound, 0, sound.length));
    }
  }

  private final class Events implements SfuEvents {
    @Override
    public void joined(JoinResponse join) {
      room = join.getRoom().getSid();
      joins.incrementAndGet();
      join.getOtherParticipantsList().forEach(this::seen);
    }

    private void seen(ParticipantInfo info) {
      if (info.getState() == ParticipantInfo.State.DISCONNECTED) {
        others.computeIfPresent(
            info.getIdentity(),
            (identity, known) -> known.getSid().equals(info.getSid()) ? null : known);
      } else {
        others.put(info.getIdentity(), info);
      }
    }

    @Override
    public void up() {
      up = true;
    }

    @Override
    public void answered(SdpAnswer answer, Map<String, String> midToTrack) {}

    @Override
    public void resumed() {
      resumes.incrementAndGet();
    }

    @Override
    public void message(SignalResponse message) {
      if (message.getMessageCase() == SignalResponse.MessageCase.UPDATE) {
        message.getUpdate().getParticipantsList().forEach(this::seen);
      }
    }

    @Override
    public void lost(Loss loss) {
      up = false;
      if (closed) {
        return;
      }
      switch (loss) {
        case Loss.Removed(String reason) -> ends.add("removed: " + reason);
        case Loss.Duplicate() -> ends.add("duplicate identity");
        case Loss.Reconnect told -> again(told, 0);
        case Loss.Signal broken -> again(broken, AGAIN_MILLIS);
        case Loss.Media broken -> again(broken, AGAIN_MILLIS);
      }
    }

    private void again(Loss why, long pause) {
      losses.add(why.words());
      var unused = environment.mailbox().later(pause, Caller.this::join);
    }

    @Override
    public void refused(String what) {
      losses.add(what);
    }
  }
}
