package dev.weir.session.plan;

import static dev.weir.session.slot.Fixture.A;
import static dev.weir.session.slot.Fixture.B;
import static dev.weir.session.slot.Fixture.C;
import static dev.weir.session.slot.Fixture.identity;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.Spot;
import dev.weir.session.slot.Fixture;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private final Fixture slot = Fixture.connectedTo(B, C);

  @Test
  void aViewAnnexGetsThePublishersOfItsFocusAndNobodyElse() {
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A)), true);
    slot.join("alice:a", Role.VIEW, Room.view(B));
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.hear(slot.foreign("carl:c", C, true, false));
    slot.hear(slot.foreign("cora:c", B, true, false));
    assertThat(slot.relayed())
        .containsExactly(
            "@bob:b:BOB:B: HOME b at b/p1 -> VIEW b at a/n1 by R1",
            "@cora:c:CORA:C: GUEST b at c/p1 -> VIEW b at a/n1 by R1");
  }

  @Test
  void theHomeRoomGetsTheGuestsThatOtherSitesHostForThisFocus() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.hear(slot.foreign("bob:b", A, true, false));
    assertThat(slot.relayed())
        .containsExactly("@bob:b:BOB:B: GUEST a at b/p1 -> HOME a at a/n1 by R1");
  }

  @Test
  void aGuestOfOursIsRelayedInsideOurSite() {
    slot.publish(slot.join("alice:a", Role.GUEST, Room.guest(B)), true);
    slot.join("anne:a", Role.OWN, Room.home(A));
    slot.join("anne:a", Role.VIEW, Room.view(B));
    assertThat(slot.relayed())
        .containsExactly(
            "@alice:a:ALICE:A: GUEST b at a/n1 -> HOME a at a/n1 by R2",
            "@alice:a:ALICE:A: GUEST b at a/n1 -> VIEW b at a/n1 by R1",
            "@anne:a:ANNE:A: HOME a at a/n1 -> GUEST b at a/n1 by R3");
  }

  @Test
  void aLegacyPublisherGoesWhereAnybodyMayLookForIt() {
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A)), true);
    slot.join("alice:a", Role.VIEW, Room.view(C));
    slot.hear(slot.foreign("bob:b", B, true, true));
    assertThat(slot.relayed())
        .containsExactly(
            "@bob:b:BOB:B: HOME b at b/p1 -> HOME a at a/n1 by R2",
            "@bob:b:BOB:B: HOME b at b/p1 -> VIEW c at a/n1 by R2");
  }

  @Test
  void aLegacyViewersRoomGetsEveryPublisher() {
    slot.join("alice:a", Role.GUEST, Room.guest(B));
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.hear(slot.foreign("carl:c", C, true, false));
    assertThat(slot.relayed())
        .containsExactly(
            "@bob:b:BOB:B: HOME b at b/p1 -> GUEST b at a/n1 by R1",
            "@carl:c:CARL:C: HOME c at c/p1 -> GUEST b at a/n1 by R3");
  }

  @Test
  void aRoomOnTwoNodesIsBridged() {
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A), "n1"), true);
    slot.publish(slot.join("anne:a", Role.OWN, Room.home(A), "n2"), true);
    assertThat(slot.relayed())
        .containsExactly(
            "@alice:a:ALICE:A: HOME a at a/n1 -> HOME a at a/n2 by R1",
            "@anne:a:ANNE:A: HOME a at a/n2 -> HOME a at a/n1 by R1");
  }

  @Test
  void oneLegFeedsAllRoomsOnAllNodes() {
    slot.join("alice:a", Role.VIEW, Room.view(B), "n1");
    slot.join("anne:a", Role.VIEW, Room.view(B), "n2");
    slot.join("adam:a", Role.GUEST, Room.guest(B), "n1");
    slot.hear(slot.foreign("bob:b", B, true, false));
    List<Leg> fromB =
        slot.plan().all().stream().filter(leg -> leg.source().site().equals(B)).toList();
    assertThat(fromB).hasSize(1);
    assertThat(fromB.getFirst().targets())
        .containsExactly(
            Spot.of(A, "n1", Room.view(B)),
            Spot.of(A, "n1", Room.guest(B)),
            Spot.of(A, "n2", Room.view(B)));
  }

  @Test
  void noIdentityIsRelayedWhereItIsNativeOrComing() {
    Attachment guest = slot.publish(slot.join("alice:a", Role.GUEST, Room.guest(B)), true);
    slot.join("anne:a", Role.OWN, Room.home(A));
    assertThat(slot.relayed()).anyMatch(line -> line.contains("-> HOME a"));
    Attachment.Key coming = new Attachment.Key("n1", Room.home(A), guest.identity());
    Instant until = slot.now.plusSeconds(30);
    slot.on(new SlotEvent.UpgradeBegan(coming, until));
    assertThat(slot.relayed()).noneMatch(line -> line.contains("-> HOME a"));
    slot.on(new SlotEvent.UpgradeEnded(coming, until));
    assertThat(slot.relayed()).anyMatch(line -> line.contains("-> HOME a"));
    slot.join("alice:a", Role.OWN, Room.home(A));
    assertThat(slot.relayed()).noneMatch(line -> line.contains("@alice:a:ALICE:A: "));
  }

  @Test
  void aClientIsNotRelayedToItselfAlone() {
    slot.publish(slot.join("alice:a", Role.GUEST, Room.guest(B)), true);
    Member named = new Member("@alice:a", "ALICE:A", "uuid");
    slot.on(
        new SlotEvent.Joined(
            new Attachment(
                new Attachment.Key("n1", Room.home(A), "hash"),
                "PA_own",
                named,
                Role.OWN,
                false,
                slot.now)));
    assertThat(slot.relayed()).isEmpty();
    slot.join("anne:a", Role.OWN, Room.home(A));
    assertThat(slot.relayed())
        .contains("@alice:a:ALICE:A: GUEST b at a/n1 -> HOME a at a/n1 by R2");
  }

  @Test
  void aRestrictedOrDirectViewerGetsWhatIsForThisFocusOnly() {
    slot.join("zoe:z", Role.RESTRICTED, Room.home(A));
    slot.hear(slot.foreign("bob:b", B, true, true));
    slot.hear(slot.foreign("carl:c", A, true, true));
    assertThat(slot.relayed())
        .containsExactly("@carl:c:CARL:C: GUEST a at c/p1 -> HOME a at a/n1 by R1");
  }

  @Test
  void whatAFocusHostsGoesIntoItsOwnAnnexesOnly() {
    slot.join("alice:a", Role.GUEST, Room.guest(C));
    slot.join("anne:a", Role.VIEW, Room.view(B));
    MemberRecord hosted =
        new MemberRecord(
            Fixture.user("zoe:z"),
            List.of(identity("zoe:z")),
            Site.of("z"),
            B,
            "p1",
            true,
            false,
            false,
            true,
            new Version(1, 1, "p"));
    slot.hear(hosted);
    assertThat(slot.relayed())
        .containsExactly(
            "@alice:a:ALICE:A: GUEST c at a/n1 -> VIEW b at a/n1 by R2",
            "@zoe:z:ZOE:Z: HOME b at b/p1 -> VIEW b at a/n1 by R1");
    Fixture focus = Fixture.connectedTo(B);
    focus.publish(focus.join("zoe:z", Role.DIRECT, Room.home(A)), true);
    focus.join("alice:a", Role.GUEST, Room.guest(C));
    assertThat(focus.relayed())
        .as("our own word about our own room")
        .contains("@zoe:z:ZOE:Z: HOME a at a/n1 -> GUEST c at a/n1 by R3");
  }

  @Test
  void aHomeSitesWordReplacesAHostedRecord() {
    slot.join("anne:a", Role.VIEW, Room.view(B));
    MemberRecord own = slot.foreign("carl:c", B, true, false);
    MemberRecord hosted =
        new MemberRecord(
            own.member(), own.identities(), C, B, "p9", true, false, false, true, own.version());
    slot.hear(hosted);
    assertThat(slot.relayed()).singleElement().asString().contains("HOME b at b/p9");
    slot.hear(own);
    assertThat(slot.relayed()).singleElement().asString().contains("GUEST b at c/p1");
    slot.hear(own.asLeft(own.version().next()));
    assertThat(slot.relayed()).singleElement().asString().contains("HOME b at b/p9");
  }

  @Test
  void silentMembersAreCarriedIfThePolicySaysSo() {
    slot.join("alice:a", Role.VIEW, Room.view(B));
    slot.hear(slot.foreign("bob:b", B, false, false));
    assertThat(slot.plan().all()).hasSize(1);
    assertThat(slot.plan(new PlanPolicy(false, 10, peer -> 10)).all()).isEmpty();
  }

  @Test
  void aMoveIsNotBridgedAndItsNewPlaceCountsAsViewed() {
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A), "n1"), true);
    slot.publish(slot.join("amy:a", Role.OWN, Room.home(A), "n3"), true);
    slot.hear(slot.foreign("bob:b", A, true, false));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", false)));
    assertThat(slot.relayed())
        .containsExactly(
            "@alice:a:ALICE:A: HOME a at a/n1 -> HOME a at a/n3 by R1",
            "@amy:a:AMY:A: HOME a at a/n3 -> HOME a at a/n1 by R1",
            "@amy:a:AMY:A: HOME a at a/n3 -> HOME a at a/n2 by R1",
            "@bob:b:BOB:B: GUEST a at b/p1 -> HOME a at a/n1 by R1",
            "@bob:b:BOB:B: GUEST a at b/p1 -> HOME a at a/n2 by R1",
            "@bob:b:BOB:B: GUEST a at b/p1 -> HOME a at a/n3 by R1");
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", true)));
    assertThat(slot.relayed())
        .noneMatch(line -> line.contains("-> HOME a at a/n1"))
        .noneMatch(line -> line.contains("a/n1 -> HOME a at a/n2"));
  }

  @Test
  void theOnlyViewerOfARoomThatMovesIsAwaitedAtTheNewPlace() {
    Attachment alice = slot.join("alice:a", Role.VIEW, Room.view(B), "n1");
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.hear(slot.foreign("alice:a", B, true, true));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.view(B), "n1", "n2", true)));
    Set<String> moving = slot.relayed();
    assertThat(moving).containsExactly("@bob:b:BOB:B: HOME b at b/p1 -> VIEW b at a/n2 by R1");
    slot.leave(alice);
    assertThat(slot.relayed()).as("between leave and join").isEqualTo(moving);
    slot.join("alice:a", Role.VIEW, Room.view(B), "n2");
    assertThat(slot.state.travellers()).isEmpty();
    assertThat(slot.relayed()).as("arrived").isEqualTo(moving);
    slot.on(new SlotEvent.MoveEnded(Room.view(B)));
    assertThat(slot.relayed()).as("over").isEqualTo(moving);
  }

  @Test
  void whoLeavesARoomThatMovesIsAwaitedUntilTheMoveIsOver() {
    Attachment alice = slot.join("alice:a", Role.VIEW, Room.view(B), "n1");
    Attachment amy = slot.join("amy:a", Role.VIEW, Room.view(B), "n1");
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.view(B), "n1", "n2", false)));
    slot.leave(amy);
    assertThat(slot.state.travellers()).as("the route is the old one").isEmpty();
    slot.on(new SlotEvent.Moving(new RoomMove(Room.view(B), "n1", "n2", true)));
    slot.on(new SlotEvent.Listed("n1", Room.view(B), List.of(), slot.now.plusSeconds(1)));
    assertThat(slot.state.travellers()).as("gone by a poll").containsExactly(alice);
    assertThat(slot.relayed()).hasSize(1);
    slot.on(new SlotEvent.MoveEnded(Room.view(B)));
    assertThat(slot.state.travellers()).isEmpty();
    assertThat(slot.relayed()).isEmpty();
  }

  @Test
  void aMoveBackIsNotBridgedEither() {
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A), "n2"), true);
    slot.join("amy:a", Role.OWN, Room.home(A), "n1");
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", false)));
    assertThat(slot.relayed()).noneMatch(line -> line.contains("a/n2 -> HOME a at a/n1"));
    // Another room's move, and one between other nodes, hinder nothing.
    slot.on(new SlotEvent.MoveEnded(Room.home(A)));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.view(B), "n1", "n2", false)));
    assertThat(slot.relayed()).anyMatch(line -> line.contains("a/n2 -> HOME a at a/n1"));
    slot.on(new SlotEvent.MoveEnded(Room.view(B)));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n9", false)));
    assertThat(slot.relayed()).anyMatch(line -> line.contains("a/n2 -> HOME a at a/n1"));
  }

  @Test
  void aRoomThatMovesOntoItsOwnSecondPartHasTheViewersOfBoth() {
    slot.join("alice:a", Role.OWN, Room.home(A), "n1");
    slot.join("amy:a", Role.OWN, Room.home(A), "n2");
    slot.hear(slot.foreign("alice:b", A, true, false));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", true)));
    assertThat(slot.relayed())
        .containsExactly("@alice:b:ALICE:B: GUEST a at b/p1 -> HOME a at a/n2 by R1");
    // Nobody but the guest's own client would be left there: alice is on her way.
    slot.leave(slot.join("amy:a", Role.OWN, Room.home(A), "n2"));
    assertThat(slot.relayed())
        .containsExactly("@alice:b:ALICE:B: GUEST a at b/p1 -> HOME a at a/n2 by R1");
  }

  @Test
  void ofTwoSourcesOfOneIdentityThePublishingOneIsCarried() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    // b's user is a silent guest of our focus at home, and publishes here by a hosted record.
    MemberRecord guest = slot.foreign("bob:b", A, false, false);
    slot.hear(guest);
    assertThat(slot.relayed())
        .containsExactly("@bob:b:BOB:B: GUEST a at b/p1 -> HOME a at a/n1 by R1");
    MemberRecord namesake =
        new MemberRecord(
            dev.weir.session.Member.legacy("@bob:b", "OTHER"),
            guest.identities(),
            B,
            A,
            "p2",
            true,
            false,
            false,
            false,
            guest.version().next());
    assertThat(namesake.identities()).isEqualTo(guest.identities());
    slot.hear(namesake);
    assertThat(slot.relayed()).as("an identity that is not the member's own").hasSize(1);
  }

  @Test
  void aFullRoomLeavesOutTheNewest() {
    slot.join("alice:a", Role.VIEW, Room.view(B));
    for (String name : List.of("zed:b", "bob:b", "bea:b")) {
      slot.hear(slot.foreign(name, B, true, false));
      slot.after(Duration.ofSeconds(1));
    }
    Plan plan = slot.plan(new PlanPolicy(true, 2, peer -> 10));
    assertThat(plan.all().iterator().next().carries())
        .containsOnlyKeys(identity("zed:b"), identity("bob:b"));
    assertThat(plan.omitted())
        .containsExactly(
            new Omission(
                slot.client("bea:b"),
                identity("bea:b"),
                Spot.of(B, "p1", Room.home(B)),
                Spot.of(A, "n1", Room.view(B)),
                Omission.Cap.ROOM));
  }

  @Test
  void aPeerOverItsCapLosesItsNewestAndOthersFeelNothing() {
    slot.join("alice:a", Role.VIEW, Room.view(B));
    slot.join("alice:a", Role.VIEW, Room.view(C));
    for (String name : List.of("zed:b", "bob:b", "carl:c", "cora:c")) {
      slot.hear(slot.foreign(name, Site.of(name.substring(name.length() - 1)), true, false));
      slot.after(Duration.ofSeconds(1));
    }
    Plan plan = slot.plan(new PlanPolicy(true, 10, peer -> peer.equals(B) ? 1 : 9));
    assertThat(plan.omitted()).extracting(Omission::identity).containsExactly(identity("bob:b"));
    assertThat(plan.omitted()).extracting(Omission::cap).containsExactly(Omission.Cap.PEER);
    assertThat(plan.all()).hasSize(2);
    assertThat(slot.plan(new PlanPolicy(true, 10, peer -> 0)).all()).isEmpty();
  }

  @Test
  void ourOwnMembersAreUnderNoPeersCap() {
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A), "n1"), true);
    slot.join("anne:a", Role.OWN, Room.home(A), "n2");
    assertThat(slot.plan(new PlanPolicy(true, 10, peer -> 0)).all()).hasSize(2);
  }

  @Test
  void aChangedMemberYieldsItsLegOnly() {
    slot.join("alice:a", Role.VIEW, Room.view(B));
    slot.join("alice:a", Role.VIEW, Room.view(C));
    slot.hear(slot.foreign("bob:b", B, true, false));
    MemberRecord carl = slot.foreign("carl:c", C, true, false);
    slot.hear(carl);
    Plan before = slot.plan();
    assertThat(before.since(Plan.NONE).put()).hasSize(2);
    assertThat(before.since(before).isEmpty()).isTrue();
    slot.hear(carl.asLeft(carl.version().next()));
    PlanChange change = slot.plan().since(before);
    assertThat(change.put()).isEmpty();
    assertThat(change.ended()).containsExactly(Spot.of(C, "p1", Room.home(C)));
    assertThat(change.isEmpty()).isFalse();
    slot.hear(slot.foreign("bea:b", B, true, false));
    PlanChange more = slot.plan().since(before);
    assertThat(more.put()).singleElement().satisfies(leg -> assertThat(leg.carries()).hasSize(2));
    assertThat(more.isEmpty()).isFalse();
  }
}
