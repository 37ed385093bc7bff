package dev.weir.relay.real;

import static dev.weir.relay.real.TwoSites.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import dev.weir.relay.sdp.MediaCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackSource;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoQuality;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What kinds of tracks cross, and how they come and go in the middle of a call. */
@Tag("real")
class RelayedTracksTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void h264CrossesWithItsLayers() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, true, MediaCodec.H264);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 0);
      TrackInfo video = bob.track(ALICE, TrackType.VIDEO);
      assertThat(video.getMimeType()).isEqualToIgnoringCase("video/h264");
      assertThat(video.getLayersList()).hasSize(3);

      for (VideoQuality quality : List.of(VideoQuality.HIGH, VideoQuality.LOW)) {
        bob.view(video.getSid(), true, quality);
        await()
            .atMost(PATIENCE)
            .until(() -> bob.stream(ALICE, TrackType.VIDEO).layer() == quality.getNumber());
      }
      assertThat(alice.packets(2)).isPositive();
      assertThat(bob.streams().values()).allMatch(stream -> stream.strange() == 0);
    }
  }

  @Test
  void aScreenWithItsSoundComesAndGoesAndPermissionsAreFollowed() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 10);

      for (int times = 0; times < 2; times++) {
        alice.share(true);
        await().atMost(PATIENCE).until(() -> proven(bob, TrackSource.SCREEN_SHARE) > 10);
        await().atMost(PATIENCE).until(() -> proven(bob, TrackSource.SCREEN_SHARE_AUDIO) > 10);
        TrackInfo screen = bob.track(ALICE, TrackSource.SCREEN_SHARE);
        assertThat(screen.getWidth()).isEqualTo(1920);
        assertThat(screen.getStream()).isEqualTo("screen");

        alice.share(false);
        await().atMost(PATIENCE).until(() -> bob.participant(ALICE).getTracksCount() == 2);
      }
      long camera = bob.stream(ALICE, TrackType.VIDEO).proven();
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > camera);

      sites.a.permit(sites.homeRoom(), ALICE, false);
      await().atMost(PATIENCE).until(() -> bob.participant(ALICE).getTracksCount() == 0);
      assertThat(bob.participants()).containsKey(ALICE);
      assertThat(bob.streams().values()).allMatch(stream -> stream.strange() == 0);
    }
  }

  private static long proven(SyntheticSubscriber viewer, TrackSource source) {
    return viewer.stream(viewer.track(ALICE, source).getSid()).proven();
  }
}
