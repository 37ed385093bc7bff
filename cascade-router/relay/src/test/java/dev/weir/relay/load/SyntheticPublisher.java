package dev.weir.relay.load;

import dev.weir.relay.rtcp.RtcpReader;
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
import dev.weir.relay.wire.Wire;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import livekit.LivekitModels.Encryption;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.JoinResponse;
import livekit.LivekitRtc.MuteTrackRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SimulcastCodec;
import livekit.LivekitRtc.SubscribedQuality;
import livekit.LivekitRtc.UpdateParticipantMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A native member that publishes three-layer VP8 and Opus, obeys dynacast, and answers key-frame
 * requests.
 */
public final class SyntheticPublisher implements AutoCloseable {
  private static final int[] WIDTHS = {320, 640, 1280};
  private static final int[] HEIGHTS = {180, 360, 720};
  private static final int[] BITRATES = {150_000, 500_000, 1_500_000};
  private static final String[] RIDS = {"q", "h", "f"};
  private static final int FRAME_MILLIS = 33;
  private static final int AUDIO_MILLIS = 20;
  private static final int MTU = 1100;

  private final Clients clients;
  private final Environment environment;
  private final SfuConnection connection;
  private final CompletableFuture<Void> up = new CompletableFuture<>();
  private final Layer[] layers = new Layer[3];
  private final AtomicInteger keyFrameRequests = new AtomicInteger();
  private final boolean video;
  private final MediaCodec codec;
  private final byte[] empty = new byte[12];
  private @Nullable MediaTransport transport;
  private SrtpSession.@Nullable Stream audio;
  private @Nullable HeaderTemplate audioHeader;
  private volatile boolean obeysDemand = true;
  private volatile boolean videoMuted;
  private volatile boolean audioMuted;
  private volatile boolean closed;
  private volatile boolean lost;
  private volatile int audioLevel = 0x80 | 20;
  private volatile String videoSid = "";
  private volatile String audioSid = "";
  private @Nullable ScreenShare screen;
  private int audioSequence;
  private int audioTime;
  private int audioPacket;
  private int audioSsrc;

  private static final class Layer {
    final int ssrc;
    final HeaderTemplate header;
    final int frameBytes;
    SrtpSession.@Nullable Stream stream;
    int sequence = 1000;
    int picture;
    int packet;
    boolean keyWanted = true;
    volatile boolean wanted = true;
    volatile long packets;

    Layer(int index, MediaCodec codec, String mid) {
      this.ssrc = 0x1000_0000 + (int) (System.nanoTime() & 0xffff00) + index;
      this.header = new HeaderTemplate(codec.payloadType(), ssrc, mid, RIDS[index]);
      this.frameBytes = BITRATES[index] / 8 * FRAME_MILLIS / 1000;
    }
  }

  /** Joins and begins to send as soon as media is up. */
  public SyntheticPublisher(Clients clients, URI url, String token, boolean video) {
    this(clients, url, token, video, MediaCodec.VP8);
  }

  /**
   * @param codec of the picture: VP8 or H264
   */
  public SyntheticPublisher(
      Clients clients, URI url, String token, boolean video, MediaCodec codec) {
    this.clients = clients;
    this.video = video;
    this.codec = codec;
    this.environment = clients.environment();
    this.connection = new SfuConnection(environment, address -> true, new Packets(), new Events());
    environment.mailbox().execute(() -> join(url, token));
  }

  private void join(URI url, String token) {
    JoinRequest.Builder join =
        JoinRequest.newBuilder()
            .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(false));
    audioSsrc = 0x2000_0000 + (int) (System.nanoTime() & 0xffffff);
    int mid =
        connection.add(
            new MediaSection.Sending(MediaCodec.OPUS, "s", "audio", List.of(), audioSsrc));
    audioHeader =
        new HeaderTemplate(MediaCodec.OPUS.payloadType(), audioSsrc, Integer.toString(mid), null);
    join.addAddTrackRequests(
        AddTrackRequest.newBuilder()
            .setCid("audio")
            .setName("audio")
            .setType(TrackType.AUDIO)
            .setSource(TrackSource.MICROPHONE)
            .setDisableRed(true)
            .setStream("s")
            .setEncryption(Encryption.Type.GCM));
    if (video) {
      int videoMid =
          connection.add(new MediaSection.Sending(codec, "s", "video", List.of(RIDS), 0));
      for (int i = 0; i < layers.length; i++) {
        layers[i] = new Layer(i, codec, Integer.toString(videoMid));
      }
      join.addAddTrackRequests(videoRequest());
    }
    connection.join(url, token, join);
  }

  private AddTrackRequest videoRequest() {
    List<VideoLayer> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.add(
          VideoLayer.newBuilder()
              .setQuality(VideoQuality.forNumber(i))
              .setWidth(WIDTHS[i])
              .setHeight(HEIGHTS[i])
              .setBitrate(BITRATES[i])
              .build());
    }
    return AddTrackRequest.newBuilder()
        .setCid("video")
        .setName("video")
        .setType(TrackType.VIDEO)
        .setSource(TrackSource.CAMERA)
        .setWidth(WIDTHS[2])
        .setHeight(HEIGHTS[2])
        .setStream("s")
        .setEncryption(Encryption.Type.GCM)
        .addAllLayers(all)
        .addSimulcastCodecs(
            SimulcastCodec.newBuilder()
                .setCodec(codec.shortName())
                .setCid("video")
                .addAllLayers(all))
        .build();
  }

  public CompletableFuture<Void> up() {
    return up;
  }

  /** Whether the server threw it out, or the connection is gone. */
  public boolean isLost() {
    return lost;
  }

  public int keyFrameRequests() {
    return keyFrameRequests.get();
  }

  /** Whether the server wants a layer, as dynacast says. */
  public boolean wanted(int layer) {
    return layers[layer].wanted;
  }

  /** Packets sent so far of a layer. */
  public long packets(int layer) {
    return layers[layer].packets;
  }

  /** Sends all layers whatever the server says. */
  public void ignoreDemand() {
    obeysDemand = false;
  }

  public void audioLevel(int level) {
    audioLevel = level;
  }

  public void mute(boolean videoTrack, boolean muted) {
    if (videoTrack) {
      videoMuted = muted;
    } else {
      audioMuted = muted;
    }
    String sid = videoTrack ? videoSid : audioSid;
    environment
        .mailbox()
        .execute(
            () ->
                connection.send(
                    SignalRequest.newBuilder()
                        .setMute(MuteTrackRequest.newBuilder().setSid(sid).setMuted(muted))
                        .build()));
  }

  public void metadata(String name, String metadata, Map<String, String> attributes) {
    environment
        .mailbox()
        .execute(
            () ->
                connection.send(
                    SignalRequest.newBuilder()
                        .setUpdateMetadata(
                            UpdateParticipantMetadata.newBuilder()
                                .setName(name)
                                .setMetadata(metadata)
                                .putAllAttributes(attributes))
                        .build()));
  }

  /** Shows a screen with sound, or takes it away. */
  public void share(boolean on) {
    environment
        .mailbox()
        .execute(
            () -> {
              ScreenShare shown = screen;
              MediaTransport over = transport;
              if (!on && shown != null) {
                shown.end();
                screen = null;
              } else if (on && shown == null && over != null) {
                screen = new ScreenShare(connection, clients.loop(), over);
              }
            });
  }

  /** Says goodbye. */
  @Override
  public void close() {
    closed = true;
    environment.mailbox().execute(connection::leave);
  }

  private void sendVideo() {
    MediaTransport over = transport;
    if (closed || over == null) {
      return;
    }
    clients.loop().schedule(FRAME_MILLIS * 1_000_000L, this::sendVideo);
    if (videoMuted) {
      return;
    }
    int time = (int) (System.nanoTime() / 1000 * 90 / 1000);
    for (int i = 0; i < layers.length; i++) {
      if (layers[i].wanted) {
        sendFrame(over, layers[i], i, time);
      }
    }
  }

  private void sendFrame(MediaTransport over, Layer layer, int index, int time) {
    boolean key = layer.keyWanted;
    layer.keyWanted = false;
    layer.picture++;
    int left = key ? 3 * layer.frameBytes : layer.frameBytes;
    boolean first = true;
    while (left > 0) {
      int size = Math.max(Math.min(left, MTU), 64);
      left -= size;
      byte[] in = header(time, left <= 0, layer.ssrc);
      byte[] payload = new byte[size];
      if (codec == MediaCodec.H264) {
        Frames.h264(payload, first, key, index, layer.packet++);
      } else {
        Frames.vp8(
            payload,
            0,
            size,
            layer.picture,
            first,
            key,
            WIDTHS[index],
            HEIGHTS[index],
            index,
            layer.packet++);
      }
      first = false;
      SrtpSession session = over.srtp();
      SrtpSession.Stream stream = layer.stream;
      if (session == null || stream == null) {
        return;
      }
      send(
          over,
          session,
          stream,
          layer.header,
          in,
          layer.sequence++,
          payload,
          HeaderTemplate.NO_LEVEL);
      layer.packets++;
    }
  }

  private byte[] header(int time, boolean marker, int ssrc) {
    empty[0] = (byte) 0x80;
    empty[1] = (byte) (marker ? 0x80 : 0);
    Wire.put32(empty, 4, time);
    Wire.put32(empty, 8, ssrc);
    return empty;
  }

  private static void send(
      MediaTransport over,
      SrtpSession session,
      SrtpSession.Stream stream,
      HeaderTemplate template,
      byte[] in,
      int sequence,
      byte[] payload,
      int level) {
    byte[] out = new byte[HeaderTemplate.MAX_LENGTH + payload.length + SrtpSession.RTP_OVERHEAD];
    int header = template.write(in, 0, sequence & 0xffff, out, 0, level);
    int sealed = session.protect(stream, out, 0, header, payload, 0, payload.length);
    over.send(out, 0, sealed);
  }

  private void sendAudio() {
    MediaTransport over = transport;
    if (closed || over == null) {
      return;
    }
    clients.loop().schedule(AUDIO_MILLIS * 1_000_000L, this::sendAudio);
    audioTime += 48 * AUDIO_MILLIS;
    SrtpSession session = over.srtp();
    SrtpSession.Stream stream = audio;
    HeaderTemplate template = audioHeader;
    if (audioMuted || session == null || stream == null || template == null) {
      return;
    }
    byte[] payload = new byte[80];
    Frames.opus(payload, 0, payload.length, audioPacket++);
    byte[] in = header(audioTime, false, audioSsrc);
    send(over, session, stream, template, in, audioSequence++, payload, audioLevel);
  }

  private void sendReports() {
    MediaTransport over = transport;
    if (closed || over == null) {
      return;
    }
    clients.loop().schedule(1_000_000_000L, this::sendReports);
    long millis = System.currentTimeMillis();
    int time = (int) (System.nanoTime() / 1000 * 90 / 1000);
    for (Layer layer : layers) {
      if (layer != null && layer.packets > 0) {
        byte[] report = new byte[28];
        report[0] = (byte) 0x80;
        report[1] = (byte) 200;
        Wire.put16(report, 2, 6);
        Wire.put32(report, 4, layer.ssrc);
        Wire.put32(report, 8, (int) (millis / 1000 + 2_208_988_800L));
        Wire.put32(report, 12, (int) (millis % 1000 * 4_294_967L));
        Wire.put32(report, 16, time);
        Wire.put32(report, 20, (int) layer.packets);
        over.sendRtcp(report, 0, report.length);
      }
    }
  }

  private final class Packets implements MediaPackets, RtcpReader.Visitor {
    @Override
    public void rtp(byte[] bytes, int off, int len, long arrivalNanos) {}

    @Override
    public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {
      RtcpReader.read(bytes, off, len, this);
    }

    @Override
    public void keyFrameRequest(int ssrc) {
      for (Layer layer : layers) {
        if (layer != null && layer.ssrc == ssrc) {
          keyFrameRequests.incrementAndGet();
          layer.keyWanted = true;
        }
      }
    }

    @Override
    public void up(MediaTransport ready) {
      transport = ready;
      SrtpSession session = ready.srtp();
      if (session == null) {
        return;
      }
      audio = session.stream(audioSsrc);
      sendAudio();
      sendReports();
      if (video) {
        for (Layer layer : layers) {
          layer.stream = session.stream(layer.ssrc);
        }
        sendVideo();
      }
    }
  }

  private final class Events implements SfuEvents {
    @Override
    public void joined(JoinResponse join) {}

    @Override
    public void up() {
      up.complete(null);
    }

    @Override
    public void resumed() {}

    @Override
    public void answered(SdpAnswer answer, Map<String, String> midToTrack) {}

    @Override
    public void message(SignalResponse message) {
      switch (message.getMessageCase()) {
        case TRACK_PUBLISHED -> {
          if ("video".equals(message.getTrackPublished().getCid())) {
            videoSid = message.getTrackPublished().getTrack().getSid();
          } else if ("audio".equals(message.getTrackPublished().getCid())) {
            audioSid = message.getTrackPublished().getTrack().getSid();
          }
        }
        case SUBSCRIBED_QUALITY_UPDATE ->
            message
                .getSubscribedQualityUpdate()
                .getSubscribedCodecsList()
                .forEach(codec -> codec.getQualitiesList().forEach(this::demand));
        default -> {}
      }
    }

    private void demand(SubscribedQuality quality) {
      int index = quality.getQuality().getNumber();
      if (obeysDemand && index < layers.length && layers[index] != null) {
        if (quality.getEnabled() && !layers[index].wanted) {
          layers[index].keyWanted = true;
        }
        layers[index].wanted = quality.getEnabled();
      }
    }

    @Override
    public void lost(Loss loss) {
      closed = true;
      lost = true;
      up.completeExceptionally(new IllegalStateException(loss.words()));
    }

    @Override
    public void refused(String what) {
      up.completeExceptionally(new IllegalStateException(what));
    }
  }
}
