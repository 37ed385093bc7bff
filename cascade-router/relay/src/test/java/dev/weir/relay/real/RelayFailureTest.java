package dev.weir.relay.real;

import static dev.weir.relay.real.TwoSites.ALICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.relay.LeaseGate;
import dev.weir.relay.LegEvent;
import dev.weir.relay.LegListener;
import dev.weir.relay.LegState.Phase;
import dev.weir.relay.RelayEngine;
import dev.weir.relay.RelayEngines;
import dev.weir.relay.RelaySettings;
import dev.weir.relay.load.CuttableProxy;
import dev.weir.relay.load.FaultyLink;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import livekit.LivekitModels.TrackType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Legs when something is lost, taken over or taken away. */
@Tag("real")
class RelayFailureTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void aSecondOwnerTakesTheLegOverAndTheFirstStaysAway() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob");
        RelayEngine second =
            RelayEngines.start(
                RelaySettings.of(address -> true, address -> true), LegListener.NONE)) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 10);

      second.open(sites.leg(2, Set.of(ALICE), LeaseGate.open()));

      await().atMost(PATIENCE).until(() -> sites.state().phase() == Phase.REPLACED);
      await().atMost(PATIENCE).until(() -> second.states().getFirst().phase() == Phase.UP);
      await()
          .atMost(PATIENCE)
          .until(() -> sites.state().members().stream().allMatch(m -> m.phase() == Phase.REPLACED));
      // Nobody fights back: the second owner is never thrown out by the first.
      await()
          .during(Duration.ofSeconds(4))
          .atMost(PATIENCE)
          .until(() -> second.states().getFirst().phase() == Phase.UP);
      assertThat(second.states().getFirst().counters().reconnects()).isZero();
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 10);
      assertThat(alice.up()).isCompleted();
    }
  }

  @Test
  void nobodyIsProvokedIntoAKickWar() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, false);
        RelayEngine second =
            RelayEngines.start(
                RelaySettings.of(address -> true, address -> true), LegListener.NONE)) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> sites.memberPhase() == Phase.UP);

      // Two owners with the same fence, which each believe that the leg is theirs and say so again.
      second.open(sites.leg(1, Set.of(ALICE), LeaseGate.open()));
      await().atMost(PATIENCE).until(() -> sites.memberPhase() == Phase.REPLACED);
      sites.relay(ALICE);
      second.open(sites.leg(1, Set.of(ALICE), LeaseGate.open()));
      // And the real user comes without a word to anybody's leases.
      try (SyntheticPublisher real = sites.nativeAtTheTarget(ALICE)) {
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    second.states().getFirst().members().stream()
                        .allMatch(member -> member.phase() == Phase.REPLACED));
        sites.relay(ALICE);
        second.open(sites.leg(1, Set.of(ALICE), LeaseGate.open()));

        await()
            .during(Duration.ofSeconds(4))
            .atMost(PATIENCE)
            .until(() -> !real.isLost() && sites.memberPhase() == Phase.REPLACED);
        assertThat(second.states().getFirst().phase()).isEqualTo(Phase.UP);
        assertThat(alice.isLost()).isFalse();
      }
    }
  }

  @Test
  void aRevokedLeaseEmptiesTheRoomAtOnceAndALaterOneFillsItAgain() throws Exception {
    AtomicReference<Runnable> revoke = new AtomicReference<>(() -> {});
    AtomicBoolean free = new AtomicBoolean(true);
    AtomicInteger held = new AtomicInteger();
    LeaseGate leases =
        (identity, revoked) -> {
          if (!free.get()) {
            return CompletableFuture.completedFuture(Optional.empty());
          }
          held.incrementAndGet();
          revoke.set(revoked);
          return CompletableFuture.completedFuture(Optional.of(held::decrementAndGet));
        };
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, false);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.engine.open(sites.leg(1, Set.of(ALICE), leases));
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.AUDIO).proven() > 10);

      free.set(false);
      revoke.get().run();

      await().atMost(PATIENCE).until(() -> held.get() == 0);
      await().atMost(PATIENCE).until(() -> !bob.participants().containsKey(ALICE));
      assertThat(sites.events)
          .filteredOn(LegEvent.Yielded.class::isInstance)
          .allMatch(e -> ((LegEvent.Yielded) e).after().toMillis() < 300)
          .isNotEmpty();

      free.set(true);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.AUDIO).proven() > 10);
      assertThat(alice.up()).isCompleted();
    }
  }

  @Test
  void closingALegLeavesNobodyBehind() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, false);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> bob.participants().containsKey(ALICE));

      sites.engine.close("leg");

      await().atMost(Duration.ofSeconds(3)).until(() -> !bob.participants().containsKey(ALICE));
      assertThat(sites.engine.states()).isEmpty();
      assertThat(alice.up()).isCompleted();
    }
  }

  @Test
  void brokenSignallingIsResumedWhileMediaGoesOn() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        CuttableProxy gateOfA = new CuttableProxy(sites.a.url());
        CuttableProxy gateOfB = new CuttableProxy(sites.b.url());
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.engine.open(sites.legThrough(gateOfA.url(), gateOfB.url(), Set.of(ALICE)));
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 100);
      SyntheticSubscriber.Stream video = bob.stream(ALICE, TrackType.VIDEO);
      long gaps = video.gaps();

      gateOfA.cut();
      gateOfB.cut();

      long before = video.proven();
      await().atMost(PATIENCE).until(() -> video.proven() > before + 200);
      assertThat(video.gaps() - gaps).isLessThan(20);
      assertThat(sites.state().counters().reconnects()).isZero();
      alice.mute(true, true);
      await().atMost(PATIENCE).until(() -> bob.track(ALICE, TrackType.VIDEO).getMuted());
    }
  }

  @Test
  void aPathThatWasGoneIsFoundAgainWithoutANewSession() throws Exception {
    try (TwoSites sites = TwoSites.overABadLink(folder);
        FaultyLink link = sites.a.behind(3);
        SyntheticPublisher alice = sites.publisher(ALICE, false);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.AUDIO).proven() > 10);
      String sid = bob.track(ALICE, TrackType.AUDIO).getSid();

      // Longer than consent lasts, shorter than servers keep a silent connection.
      link.be(FaultyLink.Fault.loss(1));
      await()
          .pollDelay(Duration.ofMillis(10_500))
          .atMost(PATIENCE)
          .until(() -> bob.stream(ALICE, TrackType.AUDIO).lastAt() != 0);
      assertThat(sites.state().phase()).as("a leg that hears nothing").isEqualTo(Phase.CONNECTING);
      assertThat(sites.state().since())
          .as("when it heard its source last")
          .isBefore(Instant.now().minusSeconds(9));
      link.be(FaultyLink.Fault.NONE);

      long before = bob.stream(ALICE, TrackType.AUDIO).proven();
      await()
          .atMost(PATIENCE)
          .until(() -> bob.stream(ALICE, TrackType.AUDIO).proven() > before + 50);
      await().atMost(PATIENCE).until(() -> sites.state().phase() == Phase.UP);
      assertThat(sites.state().counters().reconnects()).isZero();
      assertThat(bob.track(ALICE, TrackType.AUDIO).getSid()).isEqualTo(sid);
      assertThat(alice.isLost()).isFalse();
    }
  }

  @Test
  void aSourceThatDiedIsPulledAgainWhenItIsBack() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);
      try (SyntheticPublisher alice = sites.publisher(ALICE, true)) {
        await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 10);
        sites.a.kill();
        assertThat(alice.up()).isCompleted();
      }
      await().atMost(PATIENCE).until(() -> sites.state().phase() == Phase.BACKING_OFF);

      sites.a.restart();
      try (SyntheticPublisher again = sites.publisher(ALICE, true)) {
        await().atMost(PATIENCE).until(() -> sites.state().phase() == Phase.UP);
        await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 10);
        assertThat(again.packets(0)).isPositive();
      }
    }
  }

  @Test
  void aTargetThatDiedIsPublishedIntoAgainWhenItIsBack() throws Exception {
    try (TwoSites sites = new TwoSites(folder);
        SyntheticPublisher alice = sites.publisher(ALICE, true)) {
      sites.relay(ALICE);
      await()
          .atMost(PATIENCE)
          .until(() -> sites.state().members().stream().anyMatch(m -> m.phase() == Phase.UP));

      sites.b.kill();
      await()
          .atMost(PATIENCE)
          .until(() -> sites.state().members().stream().noneMatch(m -> m.phase() == Phase.UP));
      sites.b.restart();

      try (SyntheticSubscriber bob = sites.viewer("view:bob")) {
        await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 10);
        assertThat(alice.packets(0)).isPositive();
      }
    }
  }

  @Test
  void carriesOverTcpWhereUdpIsBlocked() throws Exception {
    try (TwoSites sites = new TwoSites(folder, true, Duration.ofSeconds(2));
        SyntheticPublisher alice = sites.publisher(ALICE, true);
        SyntheticSubscriber bob = sites.viewer("view:bob")) {
      sites.relay(ALICE);

      await().atMost(PATIENCE).until(() -> bob.stream(ALICE, TrackType.VIDEO).proven() > 100);

      assertThat(alice.packets(2)).isPositive();
      assertThat(bob.streams().values()).allMatch(stream -> stream.strange() == 0);
    }
  }
}
