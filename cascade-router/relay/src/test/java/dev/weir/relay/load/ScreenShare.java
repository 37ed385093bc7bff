package dev.weir.relay.load;

import dev.weir.relay.loop.EventLoop;
import dev.weir.relay.rtp.HeaderTemplate;
import dev.weir.relay.sdp.MediaCodec;
import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.session.SfuConnection;
import dev.weir.relay.srtp.SrtpSession;
import dev.weir.relay.transport.MediaTransport;
import dev.weir.relay.wire.Wire;
import java.util.List;
import livekit.LivekitModels.Encryption;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SimulcastCodec;

/**
 * A screen with its sound, shown and taken away while the member is in the call: two more tracks of
 * one participant, the picture in one layer.
 */
final class ScreenShare {
  private static final int FRAME = 66_000_000;
  private static final int SOUND = 20_000_000;
  private static final int WIDTH = 1920;
  private static final int HEIGHT = 1080;

  private final SfuConnection connection;
  private final EventLoop loop;
  private final MediaTransport transport;
  private final int videoMid;
  private final int audioMid;
  private final Sender video;
  private final Sender audio;
  private volatile boolean ended;
  private int picture;
  private int packet;

  /** One stream of its own. */
  private static final class Sender {
    final int ssrc;
    final HeaderTemplate header;
    SrtpSession.Stream stream;
    int sequence = 300;

    Sender(int ssrc, MediaCodec codec, int mid, SrtpSession session) {
      this.ssrc = ssrc;
      this.header = new HeaderTemplate(codec.payloadType(), ssrc, Integer.toString(mid), null);
      this.stream = session.stream(ssrc);
    }
  }

  /** In the connection's mailbox. */
  ScreenShare(SfuConnection connection, EventLoop loop, MediaTransport transport) {
    this.connection = connection;
    this.loop = loop;
    this.transport = transport;
    int ssrc = 0x3000_0000 + (int) (System.nanoTime() & 0xfffffe);
    videoMid =
        connection.add(
            new MediaSection.Sending(MediaCodec.VP8, "screen", "screen", List.of(), ssrc));
    audioMid =
        connection.add(
            new MediaSection.Sending(MediaCodec.OPUS, "screen", "sound", List.of(), ssrc + 1));
    SrtpSession session = java.util.Objects.requireNonNull(transport.srtp());
    video = new Sender(ssrc, MediaCodec.VP8, videoMid, session);
    audio = new Sender(ssrc + 1, MediaCodec.OPUS, audioMid, session);
    connection.send(SignalRequest.newBuilder().setAddTrack(videoRequest()).build());
    connection.send(SignalRequest.newBuilder().setAddTrack(audioRequest()).build());
    connection.negotiate();
    loop.execute(this::sendVideo);
    loop.execute(this::sendAudio);
  }

  private static AddTrackRequest videoRequest() {
    VideoLayer layer =
        VideoLayer.newBuilder()
            .setQuality(VideoQuality.HIGH)
            .setWidth(WIDTH)
            .setHeight(HEIGHT)
            .setBitrate(800_000)
            .build();
    return AddTrackRequest.newBuilder()
        .setCid("screen")
        .setName("screen")
        .setType(TrackType.VIDEO)
        .setSource(TrackSource.SCREEN_SHARE)
        .setWidth(WIDTH)
        .setHeight(HEIGHT)
        .setStream("screen")
        .setEncryption(Encryption.Type.GCM)
        .addLayers(layer)
        .addSimulcastCodecs(
            SimulcastCodec.newBuilder().setCodec("vp8").setCid("screen").addLayers(layer))
        .build();
  }

  private static AddTrackRequest audioRequest() {
    return AddTrackRequest.newBuilder()
        .setCid("sound")
        .setName("sound")
        .setType(TrackType.AUDIO)
        .setSource(TrackSource.SCREEN_SHARE_AUDIO)
        .setDisableRed(true)
        .setStream("screen")
        .setEncryption(Encryption.Type.GCM)
        .build();
  }

  /** Takes both tracks away; in the connection's mailbox. */
  void end() {
    ended = true;
    connection.replace(videoMid, new MediaSection.Inactive(true, List.of(MediaCodec.VP8)));
    connection.replace(audioMid, new MediaSection.Inactive(false, List.of(MediaCodec.OPUS)));
    connection.negotiate();
  }

  private void sendVideo() {
    if (ended) {
      return;
    }
    picture++;
    boolean key = picture % 15 == 1;
    int time = (int) (System.nanoTime() / 1000 * 90 / 1000);
    for (int i = 0; i < 3; i++) {
      byte[] payload = new byte[900];
      Frames.vp8(payload, 0, payload.length, picture, i == 0, key, WIDTH, HEIGHT, 0, packet++);
      send(video, time, i == 2, payload);
    }
    loop.schedule(FRAME, this::sendVideo);
  }

  private void sendAudio() {
    if (ended) {
      return;
    }
    byte[] payload = new byte[80];
    Frames.opus(payload, 0, payload.length, packet++);
    send(audio, (int) (System.nanoTime() / 1000 * 48 / 1000), false, payload);
    loop.schedule(SOUND, this::sendAudio);
  }

  private void send(Sender by, int time, boolean marker, byte[] payload) {
    SrtpSession session = transport.srtp();
    if (session == null) {
      return;
    }
    byte[] in = new byte[12];
    in[0] = (byte) 0x80;
    in[1] = (byte) (marker ? 0x80 : 0);
    Wire.put32(in, 4, time);
    Wire.put32(in, 8, by.ssrc);
    byte[] out = new byte[HeaderTemplate.MAX_LENGTH + payload.length + SrtpSession.RTP_OVERHEAD];
    int header = by.header.write(in, 0, by.sequence++ & 0xffff, out, 0, HeaderTemplate.NO_LEVEL);
    int sealed = session.protect(by.stream, out, 0, header, payload, 0, payload.length);
    transport.send(out, 0, sealed);
  }
}
