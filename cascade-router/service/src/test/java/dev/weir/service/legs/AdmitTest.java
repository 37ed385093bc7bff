package dev.weir.service.legs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.peering.HomeCalls;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.admission.HomeVerdict;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.slot.ClientFacts;
import dev.weir.session.slot.Sharing;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Focus a asks site b to attach b's users at home. */
class AdmitTest extends TwoPeers {
  @Test
  void theHomeSiteAdmitsItsOwnUserIntoTheAnnexOfTheAskingFocus() {
    var outcome =
        a.peered.homeCalls().admit(A, B, CALL, BOB, Role.VIEW, "token of @bob:b.test", null);
    assertThat(outcome)
        .isEqualTo(
            new HomeCalls.Outcome.Attached(
                "wss://b.test", "VIEW VIEW a.test view:" + Identities.of(BOB, Scheme.THREE_TUPLE)));
  }

  @Test
  void anAdmissionNeedsTheTokenOfThatVeryUser() {
    assertThat(admit(BOB, "token of @bea:b.test")).isEqualTo(HomeVerdict.UNAUTHORIZED);
    assertThat(admit(BOB, "rubbish")).isEqualTo(HomeVerdict.UNAUTHORIZED);
    assertThat(admit(ALICE, "token of @alice:a.test")).isEqualTo(HomeVerdict.UNAUTHORIZED);
  }

  @Test
  void anAwayHomeserverOrUnbringableMediaMeansDirect() {
    b.homeserverAway = true;
    assertThat(admit(BOB, "token of @bob:b.test")).isEqualTo(HomeVerdict.AWAY);
    b.homeserverAway = false;
    b.canBring = false;
    assertThat(admit(BOB, "token of @bob:b.test")).isEqualTo(HomeVerdict.UNAVAILABLE);
  }

  @Test
  void guestsOfTheFocusAtASiteThatIsNoPeerOfOursMeanDirect() {
    TestSite third = site("c.test");
    TestSite.peer(a, third);
    await().until(() -> a.connectedTo(third) && third.connectedTo(a));
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    Member carl = Member.legacy("@carl:c.test", "CCC");
    var asked =
        a.peered
            .homeCalls()
            .admit(A, third.site, CALL, carl, Role.VIEW, "token of @carl:c.test", null);
    assertThat(asked).isInstanceOf(HomeCalls.Outcome.Attached.class);
    await().until(() -> b.book.find(B, CALL).orElseThrow().view().hints().containsKey(A));
    assertThat(attached(BOB)).as("carl only views").isTrue();

    third.joins(CALL, carl, Role.GUEST, Room.guest(A));
    await().until(() -> !guestSitesToldToB().isEmpty());
    assertThat(admit(BOB, "token of @bob:b.test")).isEqualTo(HomeVerdict.UNAVAILABLE);
    assertThat(servedDirectly(BOB)).containsExactly(A);
    TestSite.peer(b, third);
    assertThat(attached(BOB)).as("c is a peer now").isTrue();
    b.forgets(third);
    assertThat(attached(BOB)).isFalse();

    third.leaves(CALL, carl, Role.GUEST, Room.guest(A));
    await().until(() -> guestSitesToldToB().isEmpty());
    assertThat(attached(BOB)).isTrue();
  }

  private Set<Site> guestSitesToldToB() {
    return Sharing.guestSitesOf(b.book.find(B, CALL).orElseThrow(), A);
  }

  private boolean attached(Member member) {
    String token = "token of " + member.user();
    return a.peered.homeCalls().admit(A, B, CALL, member, Role.VIEW, token, null)
        instanceof HomeCalls.Outcome.Attached;
  }

  @Test
  void aViewerWhomTheFocusServesItselfIsRememberedAsSuch() {
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    b.canBring = false;
    assertThat(admit(BOB, "token of @bob:b.test")).isEqualTo(HomeVerdict.UNAVAILABLE);
    assertThat(servedDirectly(BOB)).containsExactly(A);
    b.canBring = true;
    var again =
        a.peered.homeCalls().admit(A, B, CALL, BOB, Role.VIEW, "token of @bob:b.test", null);
    assertThat(again).isInstanceOf(HomeCalls.Outcome.Attached.class);
    assertThat(servedDirectly(BOB)).isEmpty();
  }

  private Set<Site> servedDirectly(Member member) {
    return b.book
        .find(B, CALL)
        .orElseThrow()
        .clients()
        .getOrDefault(member.client(), ClientFacts.NONE)
        .direct();
  }

  @Test
  void aClosedSlotTakesNobodyIn() {
    b.closed.add(CALL);
    assertThat(admit(BOB, "token of @bob:b.test")).isEqualTo(HomeVerdict.FORBIDDEN);
  }

  private HomeVerdict admit(Member member, String token) {
    var outcome = a.peered.homeCalls().admit(A, B, CALL, member, Role.VIEW, token, null);
    return ((HomeCalls.Outcome.NotAttached) outcome).verdict();
  }

  @Test
  void aGuestsDelayedLeaveIsKeptAtHome() {
    var leave = new HomeCalls.Leave("delay-1", Duration.ofSeconds(10));
    var outcome =
        a.peered.homeCalls().admit(A, B, CALL, BOB, Role.GUEST, "token of @bob:b.test", leave);
    assertThat(outcome).isInstanceOf(HomeCalls.Outcome.Attached.class);
    assertThat(b.leaves).containsExactly("@bob:b.test delay-1");
    assertThat(a.peered.homeCalls().delegate(A, B, CALL, BOB, "token of @bob:b.test", leave))
        .isTrue();
  }

  @Test
  void whoHasAskedThroughItsOwnHomeserverNeedsNoTokenOfItsOwn() {
    Member newest = new Member("@bob:b.test", "", "m1");
    assertThat(admit(newest, "")).as("asked by nobody").isEqualTo(HomeVerdict.UNAUTHORIZED);
    b.passedOn.add(newest);
    var outcome = a.peered.homeCalls().admit(A, B, CALL, newest, Role.VIEW, "", null);
    assertThat(outcome)
        .isEqualTo(
            new HomeCalls.Outcome.Attached(
                "wss://b.test",
                "VIEW VIEW a.test view:" + Identities.of(newest, Scheme.TWO_TUPLE)));
    assertThat(admit(newest, "rubbish")).isEqualTo(HomeVerdict.UNAUTHORIZED);
    assertThat(admit(new Member("@bob:b.test", "", "m2"), "")).isEqualTo(HomeVerdict.UNAUTHORIZED);
  }

  @Test
  void nobodyPublishesAndNoLeaveIsKeptWithoutTheUsersOwnToken() {
    b.passedOn.add(BOB);
    b.passedOn.add(ALICE);
    var leave = new HomeCalls.Leave("delay-1", Duration.ofSeconds(10));
    var unauthorized = new HomeCalls.Outcome.NotAttached(HomeVerdict.UNAUTHORIZED);
    assertThat(a.peered.homeCalls().admit(A, B, CALL, BOB, Role.GUEST, "", leave))
        .isEqualTo(unauthorized);
    assertThat(a.peered.homeCalls().delegate(A, B, CALL, BOB, "", leave)).isFalse();
    assertThat(b.leaves).isEmpty();
    assertThat(admit(ALICE, "")).as("not a user of b").isEqualTo(HomeVerdict.UNAUTHORIZED);
  }
}
