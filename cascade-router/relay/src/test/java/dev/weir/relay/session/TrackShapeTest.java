package dev.weir.relay.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.relay.Layer;
import dev.weir.relay.sdp.MediaCodec;
import java.util.List;
import livekit.LivekitModels.SimulcastCodecInfo;
import livekit.LivekitModels.SpeakerInfo;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;
import org.junit.jupiter.api.Test;

class TrackShapeTest {
  private static TrackInfo.Builder video(String mime, VideoQuality... qualities) {
    TrackInfo.Builder track =
        TrackInfo.newBuilder()
            .setType(TrackType.VIDEO)
            .setMimeType(mime)
            .setSimulcast(qualities.length > 1);
    for (VideoQuality quality : qualities) {
      track.addLayers(VideoLayer.newBuilder().setQuality(quality));
    }
    return track;
  }

  @Test
  void simulcastIsPulledLayerByLayer() {
    TrackInfo track =
        video("video/VP8", VideoQuality.HIGH, VideoQuality.LOW, VideoQuality.MEDIUM).build();

    TrackShape shape = TrackShape.of(track).orElseThrow();

    assertThat(shape.codec()).isEqualTo(MediaCodec.VP8);
    assertThat(shape.pulls()).containsExactly(Layer.LOW, Layer.MEDIUM, Layer.HIGH);
    assertThat(shape.rids()).containsExactly("q", "h", "f");
  }

  @Test
  void twoLayersTakeTheFirstStreamIds() {
    TrackShape shape =
        TrackShape.of(video("video/H264", VideoQuality.LOW, VideoQuality.HIGH).build())
            .orElseThrow();

    assertThat(shape.pulls()).containsExactly(Layer.LOW, Layer.HIGH);
    assertThat(shape.rids()).containsExactly("q", "h");
  }

  @Test
  void aLayeredStreamIsPulledOnceAndShownAsOneLayer() {
    TrackInfo track =
        video("video/VP9", VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH)
            .addCodecs(
                SimulcastCodecInfo.newBuilder()
                    .setMimeType("video/VP9")
                    .setVideoLayerMode(VideoLayer.Mode.MULTIPLE_SPATIAL_LAYERS_PER_STREAM))
            .build();

    assertThat(TrackShape.of(track).orElseThrow().pulls()).isEqualTo(List.of(Layer.HIGH));
  }

  @Test
  void unknownCodecsAndDataAreNotRelayed() {
    assertThat(TrackShape.of(video("video/x-strange").build())).isEmpty();
    assertThat(TrackShape.of(TrackInfo.newBuilder().setType(TrackType.DATA).build())).isEmpty();
    assertThat(
            TrackShape.of(
                TrackInfo.newBuilder().setType(TrackType.AUDIO).setMimeType("video/VP8").build()))
        .isEmpty();
  }

  @Test
  void loudnessIsTurnedBackIntoDecibels() {
    SpeakerInfo loud = SpeakerInfo.newBuilder().setActive(true).setLevel(0.1f).build();

    assertThat(AudioLevels.of(loud)).isEqualTo(0x80 | 20);
    assertThat(AudioLevels.of(loud.toBuilder().setActive(false).build())).isEqualTo(127);
    assertThat(AudioLevels.of(loud.toBuilder().setLevel(0).build())).isEqualTo(0x80 | 120);
  }
}
