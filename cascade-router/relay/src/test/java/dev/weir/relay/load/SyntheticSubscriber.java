package dev.weir.relay.load;

import dev.weir.relay.rtcp.RtcpReader;
import dev.weir.relay.rtcp.RtcpWriter;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.sdp.MediaCodec;
import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.session.Environment;
import dev.weir.relay.session.Loss;
import dev.weir.relay.session.MediaPackets;
import dev.weir.relay.session.SfuConnection;
import dev.weir.relay.session.SfuEvents;
import dev.weir.relay.transport.MediaTransport;
import dev.weir.relay.wire.Wire;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.SpeakerInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.UpdateTrackSettings;
import org.jspecify.annotations.Nullable;

/** A viewer that subscribes to everything and checks what arrives, packet by packet. */
public final class SyntheticSubscriber implements AutoCloseable {
  private final Environment environment;
  private final SfuConnection connection;
  private final CompletableFuture<Void> up = new CompletableFuture<>();
  private final Map<String, ParticipantInfo> participants = new ConcurrentHashMap<>();
  private final Map<String, SpeakerInfo> speakers = new ConcurrentHashMap<>();
  private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
  private final List<String> losses = new CopyOnWriteArrayList<>();
  private volatile byte[] trailer = new byte[0];
  private volatile Map<Integer, String> sidBySsrc = Map.of();
  private volatile @Nullable MediaTransport transport;
  private volatile boolean closed;
  private long reportedAt;

  /** What came of one SSRC. Written by one thread. */
  public static final class Stream {
    private volatile long packets;
    private volatile long bytes;
    private volatile long proven;
    private volatile long injected;
    private volatile long strange;
    private volatile long keyFrames;
    private volatile int layer = -1;
    private volatile int width;
    private volatile long lastAt;
    private volatile long latencyNanos;
    private volatile long gaps;
    private int highest = -1;
    private final PlayOut playOut = new PlayOut();
    private int lastReport;
    private long lastReportAt;

    private void note(int sequence, boolean video, boolean marker, boolean keyStart, long now) {
      if (video) {
        playOut.picture(sequence, marker, keyStart, now);
      } else {
        playOut.sound(sequence, now);
      }
    }

    public long packets() {
      return packets;
    }

    public long bytes() {
      return bytes;
    }

    /** Packets whose payload is as its publisher made it. */
    public long proven() {
      return proven;
    }

    /** Packets that this viewer's own server made. */
    public long injected() {
      return injected;
    }

    /** Packets that would count as failed decryptions. */
    public long strange() {
      return strange;
    }

    public long keyFrames() {
      return keyFrames;
    }

    /** Layer of the newest packet. */
    public int layer() {
      return layer;
    }

    public int width() {
      return width;
    }

    public long lastAt() {
      return lastAt;
    }

    public long latencyNanos() {
      return latencyNanos;
    }

    /** What a person would see or hear of it. */
    public PlayOut playOut() {
      return playOut;
    }

    /** Sequence numbers that were skipped when a packet came. */
    public long gaps() {
      return gaps;
    }
  }

  public SyntheticSubscriber(Clients clients, URI url, String token) {
    this.environment = clients.environment();
    this.connection = new SfuConnection(environment, address -> true, new Packets(), new Events());
    environment
        .mailbox()
        .execute(
            () -> {
              connection.add(new MediaSection.Receiving(false));
              connection.add(new MediaSection.Receiving(true));
              connection.join(
                  url,
                  token,
                  JoinRequest.newBuilder()
                      .setConnectionSettings(
                          ConnectionSettings.newBuilder()
                              .setAutoSubscribe(true)
                              .setAdaptiveStream(true)));
            });
  }

  public CompletableFuture<Void> up() {
    return up;
  }

  public Map<String, ParticipantInfo> participants() {
    return participants;
  }

  public List<String> losses() {
    return losses;
  }

  /** The participant as the server shows it; the empty one if it is not there. */
  public ParticipantInfo participant(String identity) {
    return participants.getOrDefault(identity, ParticipantInfo.getDefaultInstance());
  }

  /** The first track of a kind; the empty one if there is none. */
  public TrackInfo track(String identity, TrackType type) {
    return participant(identity).getTracksList().stream()
        .filter(track -> track.getType() == type)
        .findFirst()
        .orElse(TrackInfo.getDefaultInstance());
  }

  /** The track of a source; the empty one if there is none. */
  public TrackInfo track(String identity, TrackSource source) {
    return participant(identity).getTracksList().stream()
        .filter(track -> track.getSource() == source)
        .findFirst()
        .orElse(TrackInfo.getDefaultInstance());
  }

  /** The stream that carries a track; an empty one before a packet of it came. */
  public Stream stream(String identity, TrackType type) {
    return stream(track(identity, type).getSid());
  }

  /** The stream that carries a track; an empty one before a packet of it came. */
  public Stream stream(String sid) {
    for (Map.Entry<Integer, Stream> entry : streams.entrySet()) {
      if (!sid.isEmpty() && sid.equals(sidBySsrc.get(entry.getKey()))) {
        return entry.getValue();
      }
    }
    return new Stream();
  }

  public Map<Integer, Stream> streams() {
    return streams;
  }

  public boolean speaks(String identity) {
    ParticipantInfo participant = participants.get(identity);
    SpeakerInfo speaker = participant == null ? null : speakers.get(participant.getSid());
    return speaker != null && speaker.getActive();
  }

  public double loudness(String identity) {
    ParticipantInfo participant = participants.get(identity);
    SpeakerInfo speaker = participant == null ? null : speakers.get(participant.getSid());
    return speaker == null ? 0 : speaker.getLevel();
  }

  /** Asks for a quality, or for none. */
  public void view(String trackSid, boolean enabled, VideoQuality quality) {
    environment
        .mailbox()
        .execute(
            () ->
                connection.send(
                    SignalRequest.newBuilder()
                        .setTrackSetting(
                            UpdateTrackSettings.newBuilder()
                                .addTrackSids(trackSid)
                                .setDisabled(!enabled)
                                .setQuality(quality))
                        .build()));
  }

  /** Says that pictures cannot be decoded. */
  public void requestKeyFrame(String identity) {
    TrackInfo track = track(identity, TrackType.VIDEO);
    sidBySsrc.forEach(
        (ssrc, sid) -> {
          MediaTransport over = transport;
          if (over != null && sid.equals(track.getSid())) {
            environment
                .loop()
                .execute(
                    () -> {
                      byte[] packet = new byte[12];
                      over.sendRtcp(packet, 0, RtcpWriter.pli(packet, 0, 1, ssrc));
                    });
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    environment.mailbox().execute(connection::leave);
  }

  /** Asks for what is missing and reports what came, as browsers do. */
  private void feedBack() {
    MediaTransport over = transport;
    if (closed || over == null) {
      return;
    }
    long now = System.nanoTime();
    boolean report = now - reportedAt > 1_000_000_000L;
    reportedAt = report ? now : reportedAt;
    byte[] packet = new byte[64];
    streams.forEach(
        (ssrc, stream) -> {
          boolean stuck =
              stream.playOut.due(
                  now,
                  sequence -> {
                    int length = RtcpWriter.beginNack(packet, 0, 1, ssrc);
                    length += RtcpWriter.nackItem(packet, length, (int) sequence, 0);
                    RtcpWriter.endNack(packet, 0, length);
                    over.sendRtcp(packet, 0, length);
                  });
          if (stuck) {
            over.sendRtcp(packet, 0, RtcpWriter.pli(packet, 0, 1, ssrc));
          }
          if (report) {
            report(over, ssrc, stream, packet, now);
          }
        });
    environment.loop().schedule(10_000_000L, this::feedBack);
  }

  private static void report(
      MediaTransport over, int ssrc, Stream stream, byte[] packet, long now) {
    long since = stream.lastReportAt == 0 ? 0 : (now - stream.lastReportAt) / 1000;
    int delay = (int) (since * 65_536 / 1_000_000);
    int length = RtcpWriter.beginReport(packet, 0, 1);
    int highest = stream.playOut.highest();
    length += RtcpWriter.block(packet, length, ssrc, 0, 0, highest, 0, stream.lastReport, delay);
    RtcpWriter.endReport(packet, 0, length, 1);
    over.sendRtcp(packet, 0, length);
  }

  private final class Packets implements MediaPackets {
    @Override
    public void rtp(byte[] b, int off, int len, long now) {
      int ssrc = Rtp.ssrc(b, off);
      Stream stream = streams.computeIfAbsent(ssrc, key -> new Stream());
      int media = Rtp.mediaLength(b, off, len);
      boolean video = Rtp.payloadType(b, off) != MediaCodec.OPUS.payloadType();
      if (Rtp.isPaddingOnly(b, off, len)) {
        stream.note(Rtp.sequence(b, off), video, false, false, now);
        return;
      }
      stream.packets++;
      stream.bytes += len;
      stream.lastAt = now;
      int sequence = Rtp.sequence(b, off);
      if (stream.highest >= 0) {
        int step = (short) (sequence - stream.highest);
        if (step > 1) {
          stream.gaps += step - 1;
        }
        if (step > 0) {
          stream.highest = sequence;
        }
      } else {
        stream.highest = sequence;
      }
      int at = off + Rtp.headerLength(b, off);
      int end = at + media;
      boolean h264 = Rtp.payloadType(b, off) == MediaCodec.H264.payloadType();
      int proof = video && !h264 ? Frames.videoProof(b, at) : at + 1;
      boolean keyStart =
          h264
              ? b[at] == 0x67
              : video && proof - 9 < end && (b[proof - 10] & 1) == 0 && (b[at] & 0x10) != 0;
      stream.note(Rtp.sequence(b, off), video, Rtp.marker(b, off), keyStart, now);
      if (Frames.isProof(b, proof, end)) {
        stream.proven++;
        stream.layer = Wire.i32(b, proof + 4);
        stream.latencyNanos = now - Wire.i64(b, proof + 12);
        int frame = proof - 10;
        if (keyStart) {
          stream.keyFrames++;
          stream.width = h264 ? 0 : Wire.u8(b, frame + 6) | Wire.u8(b, frame + 7) << 8;
        }
      } else if (endsWithTrailer(b, end)) {
        stream.injected++;
      } else {
        stream.strange++;
        if (Boolean.getBoolean("weir.load.dump")) {
          System.out.println(
              "strange pt="
                  + Rtp.payloadType(b, off)
                  + " n="
                  + stream.packets
                  + " len="
                  + len
                  + " "
                  + java.util.HexFormat.of().formatHex(b, off, Math.min(end, off + 120)));
        }
      }
    }

    private boolean endsWithTrailer(byte[] b, int end) {
      byte[] own = trailer;
      if (own.length == 0) {
        return false;
      }
      for (int i = 0; i < own.length; i++) {
        if (b[end - own.length + i] != own[i]) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {
      RtcpReader.read(
          bytes,
          off,
          len,
          new RtcpReader.Visitor() {
            @Override
            public void senderReport(byte[] b, int at, int ssrc) {
              Stream stream = streams.get(ssrc);
              if (stream != null) {
                stream.lastReport = Wire.i32(b, at + 10);
                stream.lastReportAt = arrivalNanos;
              }
            }
          });
    }

    @Override
    public void up(MediaTransport ready) {
      transport = ready;
      feedBack();
    }
  }

  private final class Events implements SfuEvents {
    @Override
    public void joined(JoinResponse join) {
      trailer = join.getSifTrailer().toByteArray();
      join.getOtherParticipantsList().forEach(this::participant);
    }

    private void participant(ParticipantInfo info) {
      if (info.getState() == ParticipantInfo.State.DISCONNECTED) {
        ParticipantInfo known = participants.get(info.getIdentity());
        if (known != null && known.getSid().equals(info.getSid())) {
          participants.remove(info.getIdentity());
        }
      } else {
        participants.put(info.getIdentity(), info);
      }
    }

    @Override
    public void up() {
      up.complete(null);
    }

    @Override
    public void resumed() {}

    @Override
    public void answered(SdpAnswer answer, Map<String, String> midToTrack) {
      Map<Integer, String> sids = new ConcurrentHashMap<>();
      for (SdpAnswer.Section section : answer.sections()) {
        String sid = midToTrack.get(section.mid());
        if (sid != null && !section.ssrcs().isEmpty()) {
          sids.put(section.ssrcs().getFirst(), sid);
        }
      }
      sidBySsrc = sids;
    }

    @Override
    public void message(SignalResponse message) {
      switch (message.getMessageCase()) {
        case UPDATE -> message.getUpdate().getParticipantsList().forEach(this::participant);
        case SPEAKERS_CHANGED ->
            message
                .getSpeakersChanged()
                .getSpeakersList()
                .forEach(speaker -> speakers.put(speaker.getSid(), speaker));
        default -> {}
      }
    }

    @Override
    public void lost(Loss loss) {
      losses.add(loss.words());
      up.completeExceptionally(new IllegalStateException(loss.words()));
    }

    @Override
    public void refused(String what) {
      losses.add(what);
    }
  }
}
