package dev.weir.service.legs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.relay.LegCounters;
import dev.weir.relay.LegState;
import dev.weir.relay.LegState.Phase;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.rebind.Rebinding;
import dev.weir.session.slot.Elsewhere;
import dev.weir.session.slot.SlotEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** alice@a publishes; bob@b watches focus a in b's annex, over a leg whose phases the test says. */
class AnnexWatchTest extends TwoPeers {
  private static final Room ANNEX = Room.view(A);
  private static final LegCounters NOTHING =
      new LegCounters(List.of(), List.of(), 0, 0, 0, 0, 0, 0, 0, 0, 0, LegCounters.Transit.EMPTY);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> made = new ArrayList<>();
  private Instant now = Instant.now();
  private AnnexWatch watch;

  @BeforeEach
  void aViewerInTheAnnex() {
    watch = watch();
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    b.joins(CALL, BOB, Role.VIEW, ANNEX);
    await().until(() -> b.engine.legs.size() == 1);
  }

  private AnnexWatch watch() {
    return new AnnexWatch(
        b.book,
        b.keeper,
        Ownership.ALONE,
        new Rebinding(Rebinding.Timing.defaults()),
        (site, slot, annex, node) -> made.add(annex + " on " + node),
        () -> now,
        meters);
  }

  private AnnexWatchTest leg(Phase phase) {
    return leg(phase, Duration.ZERO);
  }

  private AnnexWatchTest leg(Phase phase, Duration already) {
    b.keeper.changed(
        new LegState(
            b.engine.only().id(), 1, phase, now.minus(already), List.of(), List.of(), NOTHING, ""));
    return this;
  }

  private AnnexWatchTest looks(int seconds) {
    for (int i = 0; i < seconds; i++) {
      watch.look();
      now = now.plusSeconds(1);
    }
    return this;
  }

  private Set<Elsewhere> elsewhere() {
    return b.book.find(B, CALL).orElseThrow().elsewhere();
  }

  private boolean away() {
    return elsewhere().stream().anyMatch(Elsewhere::isAway);
  }

  private double told(String what) {
    return meters.counter("weir.annexes.rebound", "what", what).count();
  }

  @Test
  void clientsAreSentToTheFocusOnceItsMediaHasNotComeForTenSeconds() {
    leg(Phase.UP).looks(3).leg(Phase.BACKING_OFF).looks(5).leg(Phase.CONNECTING).looks(5);
    assertThat(away()).isFalse();
    looks(10);
    assertThat(elsewhere())
        .singleElement()
        .matches(Elsewhere::isAway)
        .matches(annex -> annex.room().equals(ANNEX) && annex.node().equals(TestSite.NODE));
    assertThat(told("away")).isEqualTo(1);
  }

  @Test
  void theTimeInWhichNothingWasHeardBeforeTheLegNoticedCounts() {
    leg(Phase.UP).looks(3).leg(Phase.CONNECTING, Duration.ofSeconds(8)).looks(2);
    assertThat(away()).isFalse();
    assertThat(looks(1).away()).isTrue();
  }

  @Test
  void theLegGoesOnWithoutAViewerAndCallsTheClientsBack() {
    leg(Phase.BACKING_OFF).looks(11);
    b.leaves(CALL, BOB, Role.VIEW, ANNEX);
    bound(true);
    await()
        .during(Duration.ofMillis(200))
        .atMost(Duration.ofSeconds(2))
        .until(() -> b.engine.legs.size() == 1);
    leg(Phase.UP).looks(5);
    assertThat(away()).isTrue();
    assertThat(made)
        .as("ready before anybody comes")
        .containsExactly(ANNEX + " on " + TestSite.NODE);
    looks(10);
    assertThat(away()).isFalse();
    assertThat(told("back")).isEqualTo(1);
    assertThat(b.engine.legs).as("kept for those who are coming").hasSize(1);
  }

  private void bound(boolean there) {
    b.book.apply(B, CALL, new SlotEvent.BoundElsewhere(ANNEX, BOB.client(), there));
  }

  @Test
  void anAnnexWhoseClientsAreAllGoneIsForgotten() {
    leg(Phase.BACKING_OFF).looks(11);
    b.leaves(CALL, BOB, Role.VIEW, ANNEX);
    bound(true);
    looks(60);
    assertThat(away()).isTrue();
    bound(false);
    looks(32);
    assertThat(away()).isFalse();
    assertThat(told("deserted")).isEqualTo(1);
  }

  @Test
  void aNewKeeperGoesOnFromWhatTheSlotSays() {
    leg(Phase.BACKING_OFF).looks(11);
    watch = watch();
    watch.recheck(List.of(B));
    looks(20);
    assertThat(away()).isTrue();
    assertThat(told("away")).isEqualTo(1);
    leg(Phase.UP).looks(6);
    assertThat(away()).isFalse();
  }

  @Test
  void aLegBetweenOurOwnRoomsSendsNobodyAway() {
    a.leaves(CALL, ALICE, Role.OWN, Room.home(A));
    await().until(() -> b.engine.legs.isEmpty());
    b.joins(CALL, Member.legacy("@bea:b.test", "B2"), Role.GUEST, Room.guest(A));
    await().until(() -> !b.engine.legs.isEmpty());
    b.engine
        .legs
        .keySet()
        .forEach(
            id ->
                b.keeper.changed(
                    new LegState(
                        id, 1, Phase.BACKING_OFF, now, List.of(), List.of(), NOTHING, "")));
    looks(30);
    assertThat(away()).isFalse();
  }
}
