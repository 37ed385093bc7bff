package dev.weir.relay.session;

import dev.weir.relay.Layer;
import dev.weir.relay.sdp.MediaCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoLayer;
import livekit.LivekitModels.VideoQuality;

/**
 * How a track is carried: which codec, and which of the three pulls brings each of its layers,
 * lowest first.
 *
 * <p>Simulcast has one stream for each layer. A layered single stream (SVC) is pulled once, at the
 * best quality, and shown to the target as one layer: in the key-frame dependent modes that clients
 * use, lower layers cannot be cut out of it.
 */
record TrackShape(MediaCodec codec, List<Layer> pulls) {
  static Optional<TrackShape> of(TrackInfo track) {
    if (track.getType() == TrackType.DATA) {
      return Optional.empty();
    }
    return MediaCodec.ofMime(track.getMimeType())
        .filter(codec -> codec.video() == (track.getType() == TrackType.VIDEO))
        .map(codec -> new TrackShape(codec, layers(track, codec)));
  }

  private static List<Layer> layers(TrackInfo track, MediaCodec codec) {
    List<Layer> layers = new ArrayList<>();
    if (codec.video() && track.getSimulcast() && !isLayeredStream(track)) {
      sorted(track).forEach(layer -> layers.add(layerOf(layer.getQuality())));
    }
    List<Layer> distinct = layers.stream().distinct().toList();
    return distinct.size() > 1 ? distinct : List.of(Layer.HIGH);
  }

  /** The layers that a server advertises, lowest first, without those that are switched off. */
  static List<VideoLayer> sorted(TrackInfo track) {
    return track.getLayersList().stream()
        .filter(layer -> layer.getQuality() != VideoQuality.OFF)
        .filter(layer -> layer.getQuality() != VideoQuality.UNRECOGNIZED)
        .sorted(Comparator.comparingInt(layer -> layer.getQuality().getNumber()))
        .toList();
  }

  private static boolean isLayeredStream(TrackInfo track) {
    return track.getCodecsList().stream()
        .anyMatch(
            codec ->
                codec.getMimeType().equalsIgnoreCase(track.getMimeType())
                    && codec.getVideoLayerMode()
                        == VideoLayer.Mode.MULTIPLE_SPATIAL_LAYERS_PER_STREAM);
  }

  static Layer layerOf(VideoQuality quality) {
    return switch (quality) {
      case LOW -> Layer.LOW;
      case MEDIUM -> Layer.MEDIUM;
      case HIGH, OFF, UNRECOGNIZED -> Layer.HIGH;
    };
  }

  static VideoQuality qualityOf(Layer layer) {
    return switch (layer) {
      case LOW -> VideoQuality.LOW;
      case MEDIUM -> VideoQuality.MEDIUM;
      case HIGH -> VideoQuality.HIGH;
    };
  }

  boolean simulcast() {
    return pulls.size() > 1;
  }

  /** The stream ids under which the layers are published. */
  List<String> rids() {
    return simulcast()
        ? java.util.stream.IntStream.range(0, pulls.size())
            .mapToObj(i -> Layer.values()[i].rid())
            .toList()
        : List.of();
  }
}
