package dev.weir.relay.real;

import static dev.weir.relay.real.TwoSites.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import livekit.LivekitModels.TrackType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What viewers at the other site see of a member: presence, mute, loudness, name. */
@Tag("real")
class RelayedMemberTest {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @TempDir Path folder;

  @Test
  void muteAndUnmuteCrossAndNoServerMadeFrameDoes() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  bob.stream(ALICE, TrackType.VIDEO).proven() > 10
                      && bob.stream(ALICE, TrackType.AUDIO).proven() > 10);

      for (int cycle = 0; cycle < 5; cycle++) {
        boolean video = cycle % 2 == 0;
        TrackType type = video ? TrackType.VIDEO : TrackType.AUDIO;
        alice.mute(video, true);
        await().atMost(PATIENCE).until(() -> bob.track(ALICE, type).getMuted());
        alice.mute(video, false);
        long before = bob.stream(ALICE, type).proven();
        await().atMost(PATIENCE).until(() -> !bob.track(ALICE, type).getMuted());
        await().atMost(PATIENCE).until(() -> bob.stream(ALICE, type).proven() > before + 10);
      }

      assertThat(bob.streams().values()).allMatch(stream -> stream.strange() == 0);
    }
  }

  @Test
  void speakersAreHeardToSpeak() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, false);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      alice.audioLevel(0x80 | 15);
      sites.relay(ALICE);

      await().atMost(PATIENCE).until(() -> bob.speaks(ALICE));
      assertThat(bob.loudness(ALICE)).isGreaterThan(0.05);

      alice.audioLevel(127);
      await().atMost(PATIENCE).until(() -> !bob.speaks(ALICE));
    }
  }

  @Test
  void leavingAndComingBackCross() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      // Sound and picture are published one after the other, at another pace each time.
      for (int i = 0; i < 8; i++) {
        try (SyntheticPublisher alice = sites.publisher(ALICE, true)) {
          await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 10);
          assertThat(alice.packets(0)).isPositive();
        }
        await().atMost(PATIENCE).until(() -> !bob.participants().containsKey(ALICE));
      }
      assertThat(bob.losses()).isEmpty();
    }
  }

  @Test
  void nameMetadataAndAttributesFollow() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, false);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> bob.participants().containsKey(ALICE));

      alice.metadata("Alicia", "new", Map.of("k", "", "hand", "up"));

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(bob.participant(ALICE).getName()).isEqualTo("Alicia");
                assertThat(bob.participant(ALICE).getMetadata()).isEqualTo("new");
                assertThat(bob.participant(ALICE).getAttributesMap())
                    .containsExactlyEntriesOf(Map.of("hand", "up"));
              });
    }
  }

  @Test
  void aKeyFrameRequestReachesThePublisherAndNotOftenerThanItShould() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 50);
      long keyFrames = bob.stream(ALICE, TrackType.VIDEO).keyFrames();

      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(600))
          .until(
              () -> {
                bob.requestKeyFrame(ALICE);
                return bob.stream(ALICE, TrackType.VIDEO).keyFrames() > keyFrames;
              });
      assertThat(sites.state().counters().plisToSource()).isPositive();
      assertThat(alice.keyFrameRequests()).isPositive();
    }
  }

  @Test
  void onlyTheIdentitiesOfTheSpecAreRelayed() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, false);
        SyntheticPublisher mallory = sites.publisher("@bob:b:PHONE", false);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);

      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.AUDIO).proven() > 50);

      assertThat(bob.participants()).doesNotContainKey("@bob:b:PHONE");
      assertThat(alice.up()).isCompleted();
      assertThat(mallory.up()).isCompleted();
    }
  }
}
