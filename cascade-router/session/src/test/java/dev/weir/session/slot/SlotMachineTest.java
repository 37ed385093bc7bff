package dev.weir.session.slot;

import static dev.weir.session.slot.Fixture.A;
import static dev.weir.session.slot.Fixture.B;
import static dev.weir.session.slot.Fixture.C;
import static dev.weir.session.slot.Fixture.identity;
import static dev.weir.session.slot.Fixture.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Merge;
import dev.weir.session.view.Snapshot;
import dev.weir.session.view.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SlotMachineTest {
  private final Fixture slot = Fixture.connectedTo(B);

  @Test
  void anAttachmentBecomesARecordAndItsEndATombstone() {
    Attachment own = slot.join("alice:a", Role.OWN, Room.home(A));
    assertThat(slot.own("alice:a"))
        .contains(
            new MemberRecord(
                user("alice:a"),
                List.of(identity("alice:a")),
                A,
                A,
                "n1",
                false,
                false,
                false,
                false,
                new Version(100, 1, "r1")));
    slot.publish(own, true);
    assertThat(slot.own("alice:a").orElseThrow().publishes()).isTrue();
    slot.leave(own);
    MemberRecord left = slot.own("alice:a").orElseThrow();
    assertThat(left.left()).isTrue();
    assertThat(left.identities()).isEmpty();
    assertThat(left.version()).isEqualTo(new Version(100, 3, "r1"));
    assertThat(tells())
        .extracting(MemberRecord::version)
        .extracting(Version::counter)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void repeatedEventsWriteNothing() {
    Attachment own = slot.publish(slot.join("alice:a", Role.OWN, Room.home(A)), true);
    SlotState before = slot.state;
    slot.on(new SlotEvent.Joined(own)).publish(own, true);
    slot.on(new SlotEvent.Tick());
    assertThat(slot.state).isEqualTo(before);
    slot.leave(own);
    SlotState after = slot.state;
    slot.leave(own).publish(own, true);
    assertThat(slot.state).isEqualTo(after);
  }

  @Test
  void theEndOfAnOlderConnectionIsNotTheEndOfTheMember() {
    Attachment old = slot.join("alice:a", Role.OWN, Room.home(A));
    slot.now = slot.now.plusSeconds(1);
    Attachment fresh = slot.join("alice:a", Role.OWN, Room.home(A));
    slot.leave(old);
    slot.publish(old, true);
    assertThat(slot.own("alice:a").orElseThrow().left()).isFalse();
    assertThat(slot.own("alice:a").orElseThrow().publishes()).isFalse();
    slot.on(new SlotEvent.Joined(old));
    assertThat(slot.state.attachments().values()).containsExactly(fresh);
  }

  @Test
  void aPollIsTheTruthAboutARoomButNotAboutWhatCameLater() {
    Attachment gone = slot.join("alice:a", Role.OWN, Room.home(A));
    Attachment elsewhere = slot.join("anne:a", Role.OWN, Room.home(A), "n2");
    slot.now = slot.now.plusSeconds(10);
    Attachment late = slot.join("amy:a", Role.OWN, Room.home(A));
    Attachment found =
        new Attachment(
            new Attachment.Key("n1", Room.home(A), identity("adam:a")),
            "PA_x",
            user("adam:a"),
            Role.OWN,
            true,
            slot.now);
    slot.on(new SlotEvent.Listed("n1", Room.home(A), List.of(found), slot.now));
    assertThat(slot.state.attachments().values()).containsExactlyInAnyOrder(elsewhere, late, found);
    assertThat(slot.own(gone.member().user().substring(1)).orElseThrow().left()).isTrue();
    assertThat(slot.own("adam:a").orElseThrow().publishes()).isTrue();
  }

  @Test
  void twoIdentitiesOfOneClientAreOneMemberAndThePublishingOneSpeaks() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    Member named = new Member("@alice:a", "ALICE:A", "@alice:a:ALICE:A");
    String hash = Identities.of(named, Scheme.THREE_TUPLE);
    Attachment second =
        new Attachment(
            new Attachment.Key("n1", Room.home(A), hash), "PA_h", named, Role.OWN, true, slot.now);
    slot.on(new SlotEvent.Joined(second));
    assertThat(slot.state.view().live()).hasSize(1);
    assertThat(slot.own("alice:a").orElseThrow().identities()).containsExactly(hash);
    slot.leave(second);
    assertThat(slot.own("alice:a").orElseThrow().identities()).containsExactly(identity("alice:a"));
  }

  @Test
  void aPublishingGuestSpeaksBeforeASilentOwnAttachment() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    Attachment guest = slot.join("alice:a", Role.GUEST, Room.guest(B));
    assertThat(slot.own("alice:a").orElseThrow().focus()).isEqualTo(A);
    slot.publish(guest, true);
    assertThat(slot.own("alice:a").orElseThrow().focus()).isEqualTo(B);
    slot.publish(guest, false);
    assertThat(slot.own("alice:a").orElseThrow().focus()).isEqualTo(A);
  }

  @Test
  void theNewerOfTwoPublishingAttachmentsSpeaks() {
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A), "n2"), true);
    slot.now = slot.now.plusSeconds(1);
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A), "n1"), true);
    assertThat(slot.own("alice:a").orElseThrow().node()).isEqualTo("n1");
    assertThat(slot.own("alice:a").orElseThrow().identities()).hasSize(1);
  }

  @Test
  void viewersHaveNoRecord() {
    slot.join("alice:a", Role.VIEW, Room.view(B));
    assertThat(slot.own("alice:a")).isEmpty();
    assertThat(tells()).isEmpty();
  }

  @Test
  void aForeignUserThatPublishesDirectlyGetsAHostedRecordThatItsOwnSiteIsNotTold() {
    Attachment direct = slot.join("bob:b", Role.DIRECT, Room.home(A));
    assertThat(slot.own("bob:b")).isEmpty();
    slot.publish(direct, true);
    MemberRecord hosted = slot.own("bob:b").orElseThrow();
    assertThat(hosted.hosted()).isTrue();
    assertThat(hosted.home()).isEqualTo(B);
    assertThat(hosted.writer()).isEqualTo(A);
    assertThat(hosted.legacy()).isFalse();
    assertThat(hosted.source().room()).isEqualTo(Room.home(A));
    slot.on(new SlotEvent.Matched(C, true));
    assertThat(Sharing.audience(slot.state, hosted)).containsExactly(C);
    assertThat(slot.state.view().snapshot(slot.state.last(), B).records()).isEmpty();
    assertThat(slot.state.view().snapshot(slot.state.last(), C).records()).containsExactly(hosted);
  }

  @Test
  void aMoveKeepsTheMemberBetweenItsTwoConnections() {
    Attachment old = slot.publish(slot.join("alice:a", Role.OWN, Room.home(A)), true);
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", true)));
    slot.leave(old);
    assertThat(slot.own("alice:a").orElseThrow().left()).isFalse();
    slot.now = slot.now.plusSeconds(1);
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A), "n2"), true);
    slot.on(new SlotEvent.MoveEnded(Room.home(A)));
    assertThat(slot.own("alice:a").orElseThrow().node()).isEqualTo("n2");
    assertThat(tells()).noneMatch(MemberRecord::left);
  }

  @Test
  void whoDoesNotComeBackFromAMoveHasLeft() {
    Attachment old = slot.join("alice:a", Role.OWN, Room.home(A));
    Attachment other = slot.join("anne:a", Role.OWN, Room.home(A), "n3");
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", true)));
    slot.leave(old).leave(other);
    assertThat(slot.own("anne:a").orElseThrow().left()).as("not on the moving node").isTrue();
    slot.on(new SlotEvent.MoveEnded(Room.home(A)));
    assertThat(slot.own("alice:a").orElseThrow().left()).isTrue();
  }

  @Test
  void aNewEpochWritesAllRecordsAnew() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.effects.clear();
    slot.on(new SlotEvent.NewEpoch(500));
    assertThat(tells())
        .extracting(MemberRecord::version)
        .containsExactly(new Version(500, 1, "r1"));
    slot.on(new SlotEvent.NewEpoch(400));
    assertThat(slot.state.last().epoch()).isEqualTo(501);
  }

  @Test
  void aPeerMaySpeakForItsOwnUsersOnly() {
    slot.on(new SlotEvent.PeerRecord(B, slot.foreign("carl:c", C, true, false)));
    slot.on(new SlotEvent.PeerRecord(B, slot.foreign("alice:a", A, true, false)));
    assertThat(slot.state.view().live()).isEmpty();
    assertThat(slot.effects)
        .contains(new SlotEffect.Refused(B, Merge.Reason.NOT_THE_WRITER))
        .hasSize(2);
  }

  @Test
  void sitesThatAppearAreSharedWithOnce() {
    slot.effects.clear();
    slot.on(new SlotEvent.Asked(slot.client("alice:a"), B));
    assertThat(slot.effects).containsExactly(new SlotEffect.Share(B));
    slot.on(new SlotEvent.Asked(slot.client("alice:a"), B));
    slot.on(new SlotEvent.Matched(B, true));
    assertThat(slot.effects).hasSize(1);
    slot.on(new SlotEvent.PeerHint(B, Set.of(A, B, C)));
    assertThat(slot.effects).contains(new SlotEffect.Share(C)).hasSize(2);
    slot.on(new SlotEvent.Matched(B, false)).on(new SlotEvent.PeerHint(B, Set.of()));
    assertThat(Sharing.peers(slot.state)).containsExactly(B);
    slot.after(Duration.ofMinutes(2));
    assertThat(Sharing.peers(slot.state)).isEmpty();
  }

  @Test
  void aFocusTellsItsSitesOfEachOther() {
    slot.effects.clear();
    slot.on(new SlotEvent.Admitted(B));
    assertThat(slot.effects)
        .containsExactlyInAnyOrder(new SlotEffect.Share(B), new SlotEffect.TellHint());
    slot.hear(slot.foreign("carl:c", A, true, true));
    assertThat(Sharing.hintFor(slot.state, B)).containsExactly(C);
    assertThat(Sharing.hintFor(slot.state, C)).containsExactly(B);
    slot.after(Duration.ofMinutes(61));
    assertThat(Sharing.hintFor(slot.state, Site.of("d"))).containsExactly(C);
  }

  @Test
  void aFocusTellsWhichSitesHaveGuestsOfIts() {
    slot.on(new SlotEvent.Admitted(B)).on(new SlotEvent.Admitted(C));
    assertThat(Sharing.guestHintFor(slot.state, B)).as("viewers only").isEmpty();
    slot.effects.clear();
    MemberRecord carl = slot.foreign("carl:c", A, true, true);
    slot.hear(carl);
    assertThat(slot.effects).contains(new SlotEffect.TellHint());
    assertThat(Sharing.guestHintFor(slot.state, B)).containsExactly(C);
    assertThat(Sharing.guestHintFor(slot.state, C)).isEmpty();
    slot.effects.clear();
    slot.hear(carl.asLeft(new Version(1, 99, "p")));
    assertThat(slot.effects).contains(new SlotEffect.TellHint());
    assertThat(Sharing.guestHintFor(slot.state, B)).isEmpty();
  }

  @Test
  void aFocusIsBelievedAboutItsGuestsUntilItSaysOtherwise() {
    slot.on(new SlotEvent.PeerHint(B, Set.of(A, C), Set.of(A, B, C)));
    assertThat(Sharing.guestSitesOf(slot.state, B)).containsExactly(C);
    assertThat(Sharing.guestSitesOf(slot.state, C)).isEmpty();
    SlotState before = slot.state;
    slot.on(new SlotEvent.PeerHint(B, Set.of(C)));
    assertThat(Sharing.guestSitesOf(slot.state, B)).isEmpty();
    assertThat(Sharing.guestSitesOf(Reunion.of(before, slot.state), B)).containsExactly(C);
    slot.on(new SlotEvent.PeerHint(B, Set.of(C), Set.of(C))).on(new SlotEvent.PeerGone(B));
    assertThat(Sharing.guestSitesOf(slot.state, B)).isEmpty();
  }

  @Test
  void aPeerThatIsGoneIsForgotten() {
    slot.on(new SlotEvent.Admitted(B)).on(new SlotEvent.Matched(B, true));
    slot.on(new SlotEvent.PeerHint(B, Set.of(C)));
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.on(new SlotEvent.PeerGone(B));
    assertThat(slot.state.view().live()).isEmpty();
    assertThat(Sharing.peers(slot.state)).isEmpty();
  }

  @Test
  void aSnapshotEndsWhatItsWriterNoLongerKnows() {
    MemberRecord bob = slot.foreign("bob:b", B, true, false);
    MemberRecord bea = slot.foreign("bea:b", B, true, false);
    slot.hear(bob).hear(bea);
    slot.on(new SlotEvent.PeerSnapshot(B, new Snapshot(B, bea.version(), List.of(bea))));
    assertThat(slot.state.view().live()).extracting(h -> h.record()).containsExactly(bea);
    slot.hear(bob);
    assertThat(slot.state.view().live()).hasSize(1);
    slot.on(new SlotEvent.PeerSnapshot(C, new Snapshot(B, bea.version().next(), List.of())));
    assertThat(slot.effects).contains(new SlotEffect.Refused(C, Merge.Reason.NOT_THE_WRITER));
    assertThat(slot.state.view().live()).hasSize(1);
  }

  @Test
  void anUpgradeEndsByJoiningByGivingUpOrByItself() {
    Attachment.Key key = new Attachment.Key("n1", Room.home(A), identity("alice:a"));
    slot.on(new SlotEvent.UpgradeBegan(key, slot.now.plusSeconds(30)));
    assertThat(slot.wakeAt).contains(slot.now.plusSeconds(30));
    assertThat(slot.state.isForgettable()).isFalse();
    assertThat(slot.after(Duration.ofSeconds(29)).state.upgrades()).containsKey(key);
    assertThat(slot.after(Duration.ofSeconds(1)).state.upgrades()).isEmpty();
    Instant until = slot.now.plusSeconds(30);
    slot.on(new SlotEvent.UpgradeBegan(key, until));
    slot.on(new SlotEvent.UpgradeEnded(key, until.minusMillis(1)));
    assertThat(slot.state.upgrades()).as("the end of an earlier one").containsEntry(key, until);
    assertThat(slot.on(new SlotEvent.UpgradeEnded(key, until)).state.upgrades()).isEmpty();
    slot.on(new SlotEvent.UpgradeBegan(key, slot.now.plusSeconds(30)));
    slot.join("alice:a", Role.OWN, Room.home(A));
    assertThat(slot.state.upgrades()).isEmpty();
  }

  @Test
  void anEmptySlotIsForgottenWhenItsTombstonesAreOld() {
    assertThat(slot.state.isForgettable()).isTrue();
    slot.leave(slot.join("alice:a", Role.OWN, Room.home(A)));
    assertThat(slot.state.isForgettable()).isFalse();
    assertThat(slot.wakeAt).contains(slot.now.plus(Duration.ofHours(24)));
    slot.after(Duration.ofHours(24).minusMillis(1));
    assertThat(slot.state.isForgettable()).isFalse();
    slot.after(Duration.ofMillis(1));
    assertThat(slot.state.isForgettable()).isTrue();
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", false)));
    assertThat(slot.state.isForgettable()).isFalse();
  }

  @Test
  void aStateComesBackFromItsBytesAsItWas() {
    slot.on(new SlotEvent.Asked(slot.client("alice:a"), B)).on(new SlotEvent.Admitted(B));
    slot.publish(slot.join("alice:a", Role.OWN, Room.home(A)), true);
    slot.join("alice:a", Role.VIEW, Room.view(B));
    slot.leave(slot.join("anne:a", Role.GUEST, Room.guest(B)));
    slot.hear(slot.foreign("bob:b", B, true, true)).on(new SlotEvent.Matched(C, true));
    slot.on(new SlotEvent.PeerHint(B, Set.of(C)));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", true)));
    slot.on(new SlotEvent.Declares(slot.client("bob:b"), Declared.LEGACY));
    slot.on(
        new SlotEvent.UpgradeBegan(
            new Attachment.Key("n\u00fc", Room.view(C), "a\nb\nc"), slot.now.plusNanos(7)));
    byte[] bytes = SessionCodec.write(slot.state);
    assertThat(SessionCodec.read(bytes, SlotState.class)).isEqualTo(slot.state);
    slot.effects.stream()
        .filter(SlotEffect.Tell.class::isInstance)
        .map(e -> ((SlotEffect.Tell) e).record())
        .forEach(
            record ->
                assertThat(SessionCodec.read(SessionCodec.write(record), MemberRecord.class))
                    .isEqualTo(record));
  }

  private List<MemberRecord> tells() {
    return slot.effects.stream()
        .filter(SlotEffect.Tell.class::isInstance)
        .map(effect -> ((SlotEffect.Tell) effect).record())
        .toList();
  }

  @Test
  void aSlotLivesAsLongAsSomebodyIsThereOrMoves() {
    assertThat(slot.state.isLive()).isFalse();
    Attachment own = slot.join("alice:a", Role.OWN, Room.home(A));
    assertThat(slot.state.isLive()).isTrue();
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", true)));
    slot.leave(own);
    assertThat(slot.state.isLive()).as("on the way to n2").isTrue();
    slot.on(new SlotEvent.MoveEnded(Room.home(A)));
    assertThat(slot.state.isLive()).isFalse();
    assertThat(slot.state.isForgettable()).as("the leave is remembered").isFalse();
  }

  @Test
  void anAdmissionIsForgottenWhenItsTokenIsOver() {
    slot.on(new SlotEvent.Admitted(B));
    assertThat(slot.state.isForgettable()).isFalse();
    assertThat(slot.wakeAt).contains(slot.now.plusSeconds(3600));
    slot.after(Duration.ofMinutes(59));
    slot.on(new SlotEvent.Admitted(C));
    slot.after(Duration.ofMinutes(1));
    assertThat(slot.state.admitted()).containsOnlyKeys(C);
    slot.after(Duration.ofMinutes(59));
    assertThat(slot.state.isForgettable()).isTrue();
  }

  @Test
  void theNewerConnectionOfAnIdentityStandsInWhateverOrderTheyAreHeardOf() {
    Attachment old = slot.join("alice:a", Role.OWN, Room.home(A));
    slot.now = slot.now.plusSeconds(2);
    Attachment fresh = slot.join("alice:a", Role.OWN, Room.home(A));
    slot.publish(fresh, true);
    slot.on(new SlotEvent.Joined(fresh));
    assertThat(slot.state.attachments().values()).containsExactly(fresh.withPublishes(true));
    slot.on(new SlotEvent.Listed("n1", Room.home(A), List.of(old), slot.now.minusSeconds(1)));
    assertThat(slot.state.attachments().values())
        .as("a list from before the newer one came")
        .containsExactly(fresh.withPublishes(true));
  }

  @Test
  void movesOfOtherRoomsGoOnWhenOneEnds() {
    slot.on(new SlotEvent.Moving(new RoomMove(Room.home(A), "n1", "n2", false)));
    slot.on(new SlotEvent.Moving(new RoomMove(Room.view(B), "n1", "n2", false)));
    slot.on(new SlotEvent.MoveEnded(Room.home(A)));
    assertThat(slot.state.moves()).extracting(RoomMove::room).containsExactly(Room.view(B));
  }

  @Test
  void onlyTheUpgradesWhoseTimeIsOverEnd() {
    var early = new Attachment.Key("n1", Room.home(A), "early");
    var late = new Attachment.Key("n1", Room.home(A), "late");
    slot.on(new SlotEvent.UpgradeBegan(early, slot.now.plusSeconds(1)));
    slot.on(new SlotEvent.UpgradeBegan(late, slot.now.plusSeconds(2)));
    assertThat(slot.wakeAt).contains(slot.now.plusSeconds(1));
    slot.after(Duration.ofSeconds(1));
    assertThat(slot.state.upgrades()).containsOnlyKeys(late);
    slot.after(Duration.ofSeconds(1));
    assertThat(slot.state.upgrades()).isEmpty();
  }

  @Test
  void aHintNamesTheSitesThatAreConcerned() {
    slot.on(new SlotEvent.PeerHint(B, Set.of(C, Site.of("d"))));
    assertThat(Sharing.peers(slot.state)).containsExactly(B, C, Site.of("d"));
  }

  @Test
  void oneIdentityOfAnotherMembersSiteIsNotWrittenWhereNobodyPublishes() {
    Attachment stranger =
        new Attachment(
            new Attachment.Key("n1", Room.home(A), identity("zoe:z")),
            "PA_z",
            user("zoe:z"),
            Role.RESTRICTED,
            true,
            slot.now);
    slot.on(new SlotEvent.Joined(stranger));
    MemberRecord hosted = slot.own("zoe:z").orElseThrow();
    assertThat(hosted.hosted()).isTrue();
    assertThat(hosted.home()).isEqualTo(Site.of("z"));
    slot.policy = SlotPolicy.defaults("r1", server -> java.util.Optional.empty());
    Attachment unlisted =
        new Attachment(
            new Attachment.Key("n1", Room.home(A), identity("yan:y.example:8448")),
            "PA_y",
            user("yan:y.example:8448"),
            Role.RESTRICTED,
            true,
            slot.now);
    slot.on(new SlotEvent.Joined(unlisted));
    assertThat(slot.own("yan:y.example:8448").orElseThrow().home())
        .isEqualTo(Site.of("y.example:8448"));
  }
}
