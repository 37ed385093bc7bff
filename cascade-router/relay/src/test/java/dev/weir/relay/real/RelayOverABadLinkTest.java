package dev.weir.relay.real;

import static dev.weir.relay.real.TwoSites.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.relay.LegCounters;
import dev.weir.relay.load.Clients;
import dev.weir.relay.load.FaultyLink;
import dev.weir.relay.load.FaultyLink.Fault;
import dev.weir.relay.load.PlayOut;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoQuality;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What viewers get when the network between the sites is bad. */
class RelayOverABadLinkTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  @Tag("quiet")
  void aThinLinkCarriesTheLowLayerAndEverythingOnceItHealed() throws Exception {
    try (TwoSites sites = TwoSites.overABadLink(folder);
        FaultyLink link = sites.a.behind(1);
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      watchBest(bob);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).layer() == 2);

      link.be(Fault.bottleneck(500_000));
      // Two layers are given up one after the other, and the SFU waits before it tells the client.
      await().atMost(Duration.ofSeconds(60)).until(() -> !alice.wanted(2) && !alice.wanted(1));
      PlayOut picture = bob.stream(ALICE, TrackType.VIDEO).playOut();
      long shown = picture.shown();
      // The thin link has room for the low layer and the sound: the picture moves again.
      await().atMost(PATIENCE).until(() -> picture.shown() > shown + 60);
      assertThat(bob.stream(ALICE, TrackType.VIDEO).layer()).isZero();

      link.be(Fault.NONE);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> bob.stream(ALICE, TrackType.VIDEO).layer() == 2);
      assertThat(bob.streams().values()).allMatch(stream -> stream.strange() == 0);
    }
  }

  @Test
  @Tag("real")
  void whatIsLostOrReorderedOnTheLinkIsRepaired() throws Exception {
    assertThat(throughLossAndReordering().frozen()).isLessThan(0.5);
  }

  @Test
  @Tag("quiet")
  void lossAndReorderingHurtNoMoreThanADirectViewer() throws Exception {
    Compared seen = throughLossAndReordering();
    assertThat(seen.frozen()).isLessThanOrEqualTo(1.2 * seen.frozenDirect() + 0.01);
    assertThat(seen.concealed()).isLessThanOrEqualTo(1.2 * seen.concealedDirect() + 0.02);
  }

  /** What share of the time the viewers of the relay and of the source had nothing new. */
  private record Compared(
      double frozen, double frozenDirect, double concealed, double concealedDirect) {}

  private Compared throughLossAndReordering() throws Exception {
    try (TwoSites sites = TwoSites.overABadLink(folder);
        FaultyLink link = sites.a.behind(7);
        Clients overTheLink = new Clients();
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob");
        SyntheticSubscriber direct =
            new SyntheticSubscriber(
                overTheLink,
                sites.a.url(),
                sites.a.token(sites.homeRoom(), "carol", "", "", Map.of(), true))) {
      sites.relay(ALICE);
      watchBest(bob);
      watchBest(direct);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).layer() == 2);
      await().atMost(PATIENCE).until(() -> direct.stream(ALICE, TrackType.VIDEO).layer() == 2);

      link.be(new Fault(0.05, 0.05, 30, 10, 0, 0));
      PlayOut picture = bob.stream(ALICE, TrackType.VIDEO).playOut();
      PlayOut other = direct.stream(ALICE, TrackType.VIDEO).playOut();
      PlayOut sound = bob.stream(ALICE, TrackType.AUDIO).playOut();
      PlayOut.Reading pictureBefore = picture.read();
      PlayOut.Reading otherBefore = other.read();
      PlayOut otherSound = direct.stream(ALICE, TrackType.AUDIO).playOut();
      PlayOut.Reading soundBefore = sound.read();
      PlayOut.Reading otherSoundBefore = otherSound.read();
      await().atMost(PATIENCE).until(() -> picture.shown() > pictureBefore.shown() + 300);

      Compared seen =
          new Compared(
              picture.read().freezeRatio(pictureBefore),
              other.read().freezeRatio(otherBefore),
              sound.read().concealment(soundBefore),
              otherSound.read().concealment(otherSoundBefore));
      LegCounters counters = sites.state().counters();
      assertThat(counters.nacksToSource()).isPositive();
      assertThat(counters.recovered()).isGreaterThan(4 * counters.lost());
      assertThat(alice.up()).isCompleted();
      assertThat(bob.streams().values()).allMatch(stream -> stream.strange() == 0);
      return seen;
    }
  }

  private static void watchBest(SyntheticSubscriber viewer) {
    await().atMost(PATIENCE).until(() -> !viewer.track(ALICE, TrackType.VIDEO).getSid().isEmpty());
    viewer.view(viewer.track(ALICE, TrackType.VIDEO).getSid(), true, VideoQuality.HIGH);
  }
}
