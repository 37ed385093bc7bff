package dev.weir.relay.real;

import static dev.weir.relay.real.TwoSites.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.relay.LegState.Phase;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.nio.file.Path;
import java.time.Duration;
import livekit.LivekitModels.Encryption;
import livekit.LivekitModels.TrackInfo;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoQuality;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("real")
class RelayBetweenServersTest {
  private static final String BOB = "@bob:a:LAPTOP";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir Path folder;

  @Test
  void carriesSimulcastAndOpusUnderThePublishersIdentity() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      assertThat(alice.up()).isCompleted();

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(bob.stream(ALICE, TrackType.VIDEO).proven()).isGreaterThan(100);
                assertThat(bob.stream(ALICE, TrackType.AUDIO).proven()).isGreaterThan(100);
              });
      assertThat(bob.participant(ALICE).getName()).isEqualTo("Alice");
      assertThat(bob.participant(ALICE).getMetadata()).isEqualTo("{\"m\":1}");
      assertThat(bob.participant(ALICE).getAttributesMap()).containsEntry("k", "v");
      TrackInfo video = bob.track(ALICE, TrackType.VIDEO);
      assertThat(video.getEncryption()).isEqualTo(Encryption.Type.GCM);
      assertThat(video.getLayersList()).hasSize(3);
      assertThat(sites.state().phase()).isEqualTo(Phase.UP);
      assertThat(bob.streams().values()).allMatch(stream -> stream.strange() == 0);
      // Reports go out once a second, sound comes fifty times a second. A server that cannot place
      // a report says so.
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.AUDIO).proven() > 220);
      assertThat(sites.a.log()).contains("participant active").doesNotContain("receiver report");
    }
  }

  @Test
  void pullsOnlyTheLayersThatAreWatched() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 0);
      String sid = bob.track(ALICE, TrackType.VIDEO).getSid();

      bob.view(sid, true, VideoQuality.HIGH);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).layer() == 2);

      bob.view(sid, true, VideoQuality.LOW);
      await().atMost(Duration.ofSeconds(30)).until(() -> !alice.wanted(2) && !alice.wanted(1));
      assertThat(alice.wanted(0)).isTrue();

      bob.view(sid, true, VideoQuality.HIGH);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).layer() == 2);
    }
  }

  @Test
  void aRoomOverTwoNodesOfOnePoolIsOneCall() throws Exception {
    try (TwoSites nodes = new TwoSites(folder);
        SyntheticPublisher alice = nodes.publisher(ALICE, true);
        SyntheticPublisher bob = nodes.nativeAtTheTarget(BOB);
        SyntheticSubscriber besideBob = nodes.viewer("beside bob");
        SyntheticSubscriber besideAlice = nodes.viewerAtTheSource("beside alice")) {
      nodes.relay(ALICE);
      nodes.relayBack(BOB);

      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  besideBob.stream(ALICE, TrackType.VIDEO).proven() > 10
                      && besideAlice.stream(BOB, TrackType.AUDIO).proven() > 10);
      // What came from the other part does not go back there.
      assertThat(alice.isLost()).isFalse();
      assertThat(bob.isLost()).isFalse();
      assertThat(besideBob.participants()).containsOnlyKeys(ALICE, BOB);
      assertThat(besideAlice.participants()).containsOnlyKeys(ALICE, BOB);
    }
  }

  @Test
  void reachesServersOverIpv6() throws Exception {
    try (TwoSites sites = TwoSites.overIpv6(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, false);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);

      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.AUDIO).proven() > 10);
      assertThat(alice.isLost()).isFalse();
      assertThat(sites.state().phase()).isEqualTo(Phase.UP);
    }
  }
}
