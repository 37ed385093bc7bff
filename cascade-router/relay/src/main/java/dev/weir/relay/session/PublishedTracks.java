package dev.weir.relay.session;

import dev.weir.relay.Layer;
import dev.weir.relay.forward.LegMeter;
import dev.weir.relay.forward.OutStream;
import dev.weir.relay.forward.PublishMedia;
import dev.weir.relay.sdp.MediaCodec;
import dev.weir.relay.sdp.MediaSection;
import dev.weir.relay.sdp.SdpAnswer;
import dev.weir.relay.transport.MediaTransport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import livekit.LivekitRtc.ConnectionSettings;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.SubscribedQuality;
import livekit.LivekitRtc.SubscribedQualityUpdate;
import org.jspecify.annotations.Nullable;

/**
 * The copies that one connection publishes, and their wiring on the loop. Lives as long as the
 * connection.
 */
final class PublishedTracks implements MediaPackets {
  private static final int PRIMES = 4;
  private static final long PRIME_AGAIN = 400_000_000L;

  private final Environment environment;
  private final LegMeter meter;
  private final PublishMedia media = new PublishMedia();
  private final Map<String, PublishedTrack> bySource = new LinkedHashMap<>();

  PublishedTracks(Environment environment, LegMeter meter) {
    this.environment = environment;
    this.meter = meter;
  }

  Collection<PublishedTrack> all() {
    return bySource.values();
  }

  /** What the connection joins with. */
  JoinRequest.Builder join(SfuConnection with, Collection<TrackRelay> tracks) {
    JoinRequest.Builder join =
        JoinRequest.newBuilder()
            .setConnectionSettings(ConnectionSettings.newBuilder().setAutoSubscribe(false));
    for (TrackRelay track : tracks) {
      join.addAddTrackRequests(add(with, track).request());
    }
    if (tracks.isEmpty()) {
      with.add(new MediaSection.Inactive(false, List.of(MediaCodec.OPUS)));
    }
    return join;
  }

  /** Gives the track a section of the connection; its packets leave once that is answered. */
  PublishedTrack add(SfuConnection to, TrackRelay track) {
    int mid = to.add(new MediaSection.Inactive(track.video(), List.of(track.shape().codec())));
    PublishedTrack copy = new PublishedTrack(track, mid, environment.random(), meter);
    to.replace(mid, copy.section());
    bySource.put(track.sid(), copy);
    List<OutStream> streams = copy.streams();
    environment
        .loop()
        .execute(
            () -> {
              for (int i = 0; i < streams.size(); i++) {
                streams.get(i).wanted(!track.video());
                track.forwarders().get(i).add(streams.get(i));
              }
            });
    return copy;
  }

  /**
   * Lets packets into the sections that the server has answered: the stream of a packet that comes
   * before the offer that tells of it is never taken for a track.
   */
  void answered(SdpAnswer answer) {
    Set<String> mids =
        answer.sections().stream()
            .filter(section -> !section.rejected())
            .map(SdpAnswer.Section::mid)
            .collect(Collectors.toSet());
    for (PublishedTrack copy : bySource.values()) {
      if (!copy.answered() && mids.contains(Integer.toString(copy.mid()))) {
        copy.becomeAnswered();
        environment.loop().execute(() -> copy.streams().forEach(media::add));
      }
    }
    prime();
  }

  /** Ends the copy of a track; its section stays, inactive. */
  @Nullable PublishedTrack remove(String sourceSid, SfuConnection from) {
    PublishedTrack copy = bySource.remove(sourceSid);
    if (copy != null) {
      unwire(copy);
      from.replace(
          copy.mid(), new MediaSection.Inactive(copy.track().video(), copy.section().codecs()));
    }
    return copy;
  }

  /** Ends all copies, when the connection is gone. */
  List<PublishedTrack> clear() {
    List<PublishedTrack> gone = List.copyOf(bySource.values());
    gone.forEach(this::unwire);
    bySource.clear();
    return gone;
  }

  private void unwire(PublishedTrack copy) {
    List<OutStream> streams = copy.streams();
    environment
        .loop()
        .execute(
            () -> {
              for (int i = 0; i < streams.size(); i++) {
                copy.track().forwarders().get(i).remove(streams.get(i));
                media.remove(streams.get(i));
              }
            });
  }

  /** A server announces a track to viewers only once a packet of it has come. */
  void prime() {
    List<PublishedTrack> copies = new ArrayList<>(bySource.values());
    environment.loop().execute(() -> prime(copies, PRIMES));
  }

  private void prime(List<PublishedTrack> copies, int times) {
    copies.forEach(copy -> copy.streams().getFirst().prime());
    if (times > 1) {
      // Such a packet may be lost; with it the viewers would never hear of the track.
      environment.loop().schedule(PRIME_AGAIN, () -> prime(copies, times - 1));
    }
  }

  Optional<PublishedTrack> byCid(String cid) {
    return bySource.values().stream().filter(copy -> copy.cid().equals(cid)).findFirst();
  }

  /**
   * Follows what the viewers of the target room want; the copy that it is about, if it is one of
   * these.
   */
  Optional<PublishedTrack> want(SubscribedQualityUpdate update) {
    Optional<PublishedTrack> about =
        bySource.values().stream()
            .filter(copy -> copy.targetSid().equals(update.getTrackSid()))
            .findFirst();
    about.ifPresent(copy -> want(copy, layers(copy.track().shape(), update)));
    return about;
  }

  static Set<Layer> layers(TrackShape shape, SubscribedQualityUpdate update) {
    List<SubscribedQuality> qualities =
        update.getSubscribedCodecsList().stream()
            .flatMap(codec -> codec.getQualitiesList().stream())
            .toList();
    EnumSet<Layer> enabled = EnumSet.noneOf(Layer.class);
    for (SubscribedQuality quality :
        qualities.isEmpty() ? update.getSubscribedQualitiesList() : qualities) {
      if (quality.getEnabled()) {
        enabled.add(TrackShape.layerOf(quality.getQuality()));
      }
    }
    Set<Layer> layers = EnumSet.noneOf(Layer.class);
    for (Layer pull : shape.pulls()) {
      if (shape.simulcast() ? enabled.contains(pull) : !enabled.isEmpty()) {
        layers.add(pull);
      }
    }
    return layers;
  }

  private void want(PublishedTrack copy, Set<Layer> layers) {
    copy.wanted(layers);
    List<OutStream> streams = copy.streams();
    List<Layer> pulls = copy.track().shape().pulls();
    environment
        .loop()
        .execute(
            () -> {
              long now = System.nanoTime();
              for (int i = 0; i < streams.size(); i++) {
                boolean on = layers.contains(pulls.get(i));
                streams.get(i).wanted(on);
                if (on) {
                  streams.get(i).keyFrameRequest(now);
                }
              }
            });
  }

  @Override
  public void rtp(byte[] bytes, int off, int len, long arrivalNanos) {
    // A publisher that may not subscribe gets none.
  }

  @Override
  public void rtcp(byte[] bytes, int off, int len, long arrivalNanos) {
    media.rtcp(bytes, off, len, arrivalNanos);
  }

  @Override
  public void up(MediaTransport transport) {
    media.attach(transport);
  }
}
