package dev.weir.relay.session;

import dev.weir.relay.Layer;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.forward.OutStream;
import dev.weir.relay.rtp.HeaderTemplate;
import dev.weir.relay.rtp.Rtp;
import dev.weir.relay.sdp.MediaSection;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import livekit.LivekitModels.SimulcastCodecInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitRtc.AddTrackRequest;
import livekit.LivekitRtc.SimulcastCodec;

/**
 * The copy of one track in one target room: its section, its streams, and what the target calls it.
 */
final class PublishedTrack {
  private static final int[] RING_BYTES = {96 * 1024, 192 * 1024, 512 * 1024};
  private static final int AUDIO_RING_BYTES = 16 * 1024;

  private final TrackRelay track;
  private final String cid;
  private final List<OutStream> streams = new ArrayList<>();
  private final MediaSection.Sending section;
  private final int mid;
  private Set<Layer> wanted = EnumSet.noneOf(Layer.class);
  private String targetSid = "";
  private boolean muted;
  private boolean answered;

  /**
   * @param mid what the section will be in the connection that it is added to
   */
  PublishedTrack(TrackRelay track, int mid, RandomGenerator random, LegMeter meter) {
    this.track = track;
    this.mid = mid;
    this.cid = "weir-" + track.sid();
    this.muted = track.info().getMuted();
    TrackShape shape = track.shape();
    List<String> rids = shape.rids();
    for (int i = 0; i < shape.pulls().size(); i++) {
      int ssrc = random.nextInt(1, Integer.MAX_VALUE);
      String rid = rids.isEmpty() ? null : rids.get(i);
      HeaderTemplate template =
          new HeaderTemplate(shape.codec().payloadType(), ssrc, Integer.toString(mid), rid);
      int ring =
          shape.codec().video() ? RING_BYTES[shape.pulls().get(i).ordinal()] : AUDIO_RING_BYTES;
      OutStream stream =
          new OutStream(
              ssrc,
              shape.pulls().get(i).ordinal(),
              template,
              Rtp.clockRate(shape.codec().video()),
              random.nextInt(1 << 15),
              ring,
              meter);
      streams.add(stream);
    }
    this.section =
        new MediaSection.Sending(
            shape.codec(), track.info().getStream(), cid, rids, streams.getFirst().ssrc());
  }

  TrackRelay track() {
    return track;
  }

  MediaSection.Sending section() {
    return section;
  }

  int mid() {
    return mid;
  }

  String cid() {
    return cid;
  }

  List<OutStream> streams() {
    return streams;
  }

  String targetSid() {
    return targetSid;
  }

  void targetSid(String sid) {
    targetSid = sid;
  }

  boolean muted() {
    return muted;
  }

  void muted(boolean now) {
    muted = now;
  }

  /** Whether the server knows the section. */
  boolean answered() {
    return answered;
  }

  void becomeAnswered() {
    answered = true;
  }

  Set<Layer> wanted() {
    return wanted;
  }

  void wanted(Set<Layer> now) {
    wanted = now;
  }

  /** What the target's server is told; what it is not told, it would guess. */
  AddTrackRequest request() {
    TrackInfo info = track.info();
    AddTrackRequest.Builder request =
        AddTrackRequest.newBuilder()
            .setCid(cid)
            .setName(info.getName())
            .setTypeValue(info.getTypeValue())
            .setWidth(info.getWidth())
            .setHeight(info.getHeight())
            .setMuted(info.getMuted())
            .setSourceValue(info.getSourceValue())
            .setDisableRed(true)
            .setStream(info.getStream())
            .setEncryptionValue(info.getEncryptionValue())
            .addAllAudioFeaturesValue(info.getAudioFeaturesValueList());
    if (track.video()) {
      SimulcastCodec.Builder codec =
          SimulcastCodec.newBuilder().setCodec(track.shape().codec().shortName()).setCid(cid);
      for (VideoLayer layer : layers(info)) {
        request.addLayers(layer);
        codec.addLayers(layer);
      }
      if (track.shape().simulcast()) {
        codec.setVideoLayerMode(VideoLayer.Mode.ONE_SPATIAL_LAYER_PER_STREAM);
      }
      request.addSimulcastCodecs(codec);
    }
    return request.build();
  }

  private List<VideoLayer> layers(TrackInfo info) {
    List<VideoLayer> sorted = TrackShape.sorted(info);
    if (sorted.isEmpty()) {
      sorted =
          info.getCodecsList().stream()
              .findFirst()
              .map(SimulcastCodecInfo::getLayersList)
              .orElse(List.of());
    }
    List<VideoLayer> shown = new ArrayList<>();
    if (!track.shape().simulcast()) {
      if (!sorted.isEmpty()) {
        shown.add(plain(sorted.getLast()).setQuality(TrackShape.qualityOf(Layer.HIGH)).build());
      }
      return shown;
    }
    for (int i = 0; i < sorted.size() && i < streams.size(); i++) {
      shown.add(plain(sorted.get(i)).setSpatialLayer(i).setRid(Layer.values()[i].rid()).build());
    }
    return shown;
  }

  private static VideoLayer.Builder plain(VideoLayer layer) {
    return VideoLayer.newBuilder()
        .setQualityValue(layer.getQualityValue())
        .setWidth(layer.getWidth())
        .setHeight(layer.getHeight())
        .setBitrate(layer.getBitrate());
  }
}
