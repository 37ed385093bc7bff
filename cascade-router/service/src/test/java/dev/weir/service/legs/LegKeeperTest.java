package dev.weir.service.legs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.relay.LeaseGate;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegTarget;
import dev.weir.service.peering.HomeCalls;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Spot;
import dev.weir.session.lease.SpotLeases.Upgrading;
import dev.weir.session.name.RoomNames;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** alice@a publishes at a; bob@b watches focus a from b's annex. */
class LegKeeperTest extends TwoPeers {
  private static final LeaseStore.Key ANNEX =
      new LeaseStore.Key(B, CALL, Spot.of(B, TestSite.NODE, Room.view(A)));

  private void bothAreInTheCall() {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
  }

  private LegSpec legAtB() {
    await().until(() -> b.engine.legs.size() == 1);
    return b.engine.only();
  }

  @Test
  void aViewerInTheAnnexBringsTheLeg() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    LegSpec leg = legAtB();
    assertThat(leg.targets()).hasSize(1);
    LegTarget target = leg.targets().getFirst();
    assertThat(target.identities()).containsExactly("@alice:a.test:AAA");
    assertThat(target.room()).isEqualTo(RoomNames.of(CALL, Room.view(A)));
    assertThat(a.engine.legs).isEmpty();
  }

  @Test
  void theOriginGrantsThreeHiddenPullsOfThatRoomOnly() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    var spec = legAtB();
    var grant = b.engine.grant();
    assertThat(grant.url()).hasToString("wss://gate.a.test");
    assertThat(grant.tokens())
        .containsExactly(
            "weir-pull:b.test:LOW at default/main/n1 {\"fence\":" + spec.fence() + "}",
            "weir-pull:b.test:MEDIUM at default/main/n1 {\"fence\":" + spec.fence() + "}",
            "weir-pull:b.test:HIGH at default/main/n1 {\"fence\":" + spec.fence() + "}");
  }

  @Test
  void thePullsThatJoinTogetherShareOneGrant() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    legAtB();
    assertThat(b.engine.grant()).isSameAs(b.engine.grant());
  }

  @Test
  void whatAnEarlierOwnerLeftIsRemovedAndWhatIsWantedStays() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    legAtB();
    String annex = RoomNames.of(CALL, Room.view(A));
    Set<RelayNodes.Copy> there = ConcurrentHashMap.newKeySet();
    there.add(new RelayNodes.Copy("@alice:a.test:AAA", "PA_1"));
    there.add(new RelayNodes.Copy("@gone:a.test:GGG", "PA_2"));
    there.add(new RelayNodes.Copy("@coming:a.test:CCC", "PA_3"));
    b.copies.put(annex, there);

    b.keeper.sweep();
    assertThat(b.removed).isEmpty();
    // Another participant of the same identity is another suspect.
    there.remove(new RelayNodes.Copy("@coming:a.test:CCC", "PA_3"));
    there.add(new RelayNodes.Copy("@coming:a.test:CCC", "PA_4"));
    b.keeper.sweep();

    assertThat(b.removed).containsExactly("@gone:a.test:GGG");
    b.keeper.sweep();
    assertThat(b.removed).containsExactly("@gone:a.test:GGG", "@coming:a.test:CCC");
  }

  @Test
  void theLegEndsWithItsLastViewer() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    legAtB();
    b.leaves(CALL, BOB, Role.VIEW, Room.view(A));
    await().until(() -> b.engine.legs.isEmpty());
  }

  @Test
  void theLegEndsWithItsPublisher() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    legAtB();
    a.leaves(CALL, ALICE, Role.OWN, Room.home(A));
    await().until(() -> b.engine.legs.isEmpty());
  }

  @Test
  void anUnchangedPlanGivesAnEqualLeg() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    LegSpec before = legAtB();
    b.joins(CALL, Member.legacy("@bea:b.test", "B2"), Role.VIEW, Room.view(A));
    anotherPlanKeeps(before);
  }

  private void anotherPlanKeeps(LegSpec leg) {
    b.keeper.replanAll(List.of(B));
    await()
        .during(Duration.ofMillis(200))
        .atMost(Duration.ofSeconds(2))
        .until(() -> b.engine.only().equals(leg));
  }

  @Test
  void aLegThatIsPlannedWhileAnEmptyPlanEndsIsNotToldAgain() {
    bothAreInTheCall();
    await().until(() -> b.book.find(B, CALL).orElseThrow().view().live().size() == 2);
    AtomicBoolean planning = new AtomicBoolean();
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    b.beforeAPlan =
        () -> {
          planning.set(true);
          goOn.join();
        };
    b.keeper.replanAll(List.of(B));
    await().untilTrue(planning);
    b.beforeAPlan = () -> {};
    int begun = b.plansBegun.get();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    await().until(() -> b.plansBegun.get() > begun);
    goOn.complete(null);
    LegSpec leg = legAtB();
    anotherPlanKeeps(leg);
  }

  @Test
  void aNativeUserIsNeverRelayedOverItself() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    LegTarget target = legAtB().targets().getFirst();
    Member ghost = Member.legacy("@alice:a.test", "AAA");
    b.book.apply(
        B,
        CALL,
        new dev.weir.session.slot.SlotEvent.Joined(b.attachment(ghost, Role.GUEST, Room.view(A))));
    assertThat(acquire(target, "@alice:a.test:AAA", () -> {})).isEmpty();
  }

  @Test
  void aRealUserAtTheGateMakesTheRelayLeave() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    LegTarget target = legAtB().targets().getFirst();
    AtomicBoolean revoked = new AtomicBoolean();
    Optional<LeaseGate.Lease> lease = acquire(target, "@alice:a.test:AAA", () -> revoked.set(true));
    assertThat(lease).isPresent();
    Upgrading alice = Upgrading.beginning("@alice:a.test:AAA", Instant.now());
    var free = b.leases.upgrade(ANNEX, alice).toCompletableFuture();
    await().untilTrue(revoked);
    lease.orElseThrow().release();
    assertThat(free).succeedsWithin(Duration.ofSeconds(2));
    assertThat(acquire(target, "@alice:a.test:AAA", () -> {})).isEmpty();
    b.leases.upgraded(ANNEX, alice);
    assertThat(acquire(target, "@alice:a.test:AAA", () -> {})).isPresent();
  }

  @Test
  void aRelayThatDoesNotLeaveHoldsNobodyUp() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    LegTarget target = legAtB().targets().getFirst();
    assertThat(acquire(target, "@alice:a.test:AAA", () -> {})).isPresent();
    Upgrading alice = Upgrading.beginning("@alice:a.test:AAA", Instant.now());
    assertThat(b.leases.upgrade(ANNEX, alice).toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(1));
  }

  private static Optional<LeaseGate.Lease> acquire(
      LegTarget target, String identity, Runnable revoked) {
    return target.leases().acquire(identity, revoked).toCompletableFuture().join();
  }

  @Test
  void anAdmissionSharesTheSlotAtOnce() {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    var outcome =
        a.peered.homeCalls().admit(A, B, CALL, BOB, Role.VIEW, "token of @bob:b.test", null);
    assertThat(outcome).isInstanceOf(HomeCalls.Outcome.Attached.class);
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    legAtB();
  }

  @Test
  void endingTheAgreementEndsTheLegAndThrowsThePullsOut() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    legAtB();
    var grant = b.engine.grant();
    assertThat(grant.tokens()).hasSize(3);
    a.forgets(b);
    await()
        .untilAsserted(
            () ->
                assertThat(a.removed)
                    .contains(
                        "weir-pull:b.test:LOW",
                        "weir-pull:b.test:MEDIUM",
                        "weir-pull:b.test:HIGH"));
    b.forgets(a);
    await().until(() -> b.engine.legs.isEmpty());
  }

  @Test
  void aRestartOfTheOriginHealsByItself() {
    bothAreInTheCall();
    b.joins(CALL, BOB, Role.VIEW, Room.view(A));
    LegSpec before = legAtB();
    a.close();
    await().until(() -> !b.connectedTo(a));
    assertThat(b.engine.legs).containsOnlyKeys(before.id());
    TestSite again = site("a.test");
    TestSite.peer(again, b);
    await().until(() -> b.connectedTo(again));
    again.joins(CALL, ALICE, Role.OWN, Room.home(A));
    await().until(() -> again.book.find(A, CALL).orElseThrow().view().live().size() == 2);
    assertThat(b.engine.grant().tokens()).hasSize(3);
  }

  @Test
  void aLegBetweenRoomsOfTheSameSiteNeedsNoPeer() {
    // bob is a legacy guest of focus a at home; bea watches focus a from b's view annex.
    b.joins(CALL, BOB, Role.GUEST, Room.guest(A));
    b.joins(CALL, Member.legacy("@bea:b.test", "B2"), Role.VIEW, Room.view(A));
    legAtB();
    assertThat(b.engine.grant().url()).hasToString("ws://node");
    assertThat(b.engine.grant().tokens()).first().isEqualTo("local weir-pull:b.test:LOW");
  }
}
