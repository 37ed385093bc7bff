package dev.weir.service.peering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.peering.v1.Announcements;
import dev.weir.peering.v1.MemberUpdate;
import dev.weir.peering.v1.SlotSnapshot;
import dev.weir.peering.v1.SyncMessage;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotState;
import dev.weir.session.view.Held;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Two sites whose streams are joined by hand, message by message. */
class SlotSyncTest {
  private static final Site A = Site.of("a.test");
  private static final Site B = Site.of("b.test");
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final SlotId OTHER = SlotId.ofRoomCall("!other:a.test");
  private static final Member ALICE = Member.legacy("@alice:a.test", "AAA");
  private static final Member BOB = Member.legacy("@bob:b.test", "BBB");
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final byte[] NONCE_A = new byte[32];
  private static final byte[] NONCE_B = new byte[32];

  static {
    NONCE_B[0] = 1;
  }

  /** One side of the stream. */
  private static final class End {
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final MemoryBook book;
    final SlotSyncs syncs;
    final Site self;
    final Agreement agreement;
    SyncContent content;

    End(Site self, Site peer, InstantSource clock) {
      this.book = new MemoryBook(clock);
      this.syncs =
          new SlotSyncs(
              book,
              new EpochLedger(book),
              ConnectedPeers.inMemory(),
              new PeerAudit(meters),
              Runnable::run);
      this.self = self;
      this.agreement =
          new Agreement(
              new PeerKey(self.name(), peer.name()),
              Set.of(),
              Set.of(),
              List.of(),
              Optional.empty(),
              true,
              true,
              PeerLimits.DEFAULT,
              false);
      this.content = open();
    }

    SyncContent open() {
      content =
          syncs.open(
              agreement,
              self.equals(A) ? NONCE_A : NONCE_B,
              self.equals(A) ? NONCE_B : NONCE_A,
              () -> {});
      return content;
    }

    void joins(SlotId slot, Member member, Role role, Room room) {
      book.apply(self, slot, new SlotEvent.Joined(attachment(member, role, room)));
    }

    void leaves(SlotId slot, Member member, Role role, Room room) {
      book.apply(self, slot, new SlotEvent.Left(attachment(member, role, room).key(), "PA_1"));
    }

    Agreement atMost(int sessions) {
      return new Agreement(
          agreement.key(),
          Set.of(),
          Set.of(),
          List.of(),
          Optional.empty(),
          true,
          true,
          new PeerLimits(sessions, 10, 10, 1, 1),
          false);
    }

    List<String> usersIn(SlotId slot) {
      return book.find(self, slot).stream()
          .flatMap(state -> state.view().live().stream())
          .map(Held::record)
          .map(record -> record.member().user())
          .sorted()
          .toList();
    }

    double count(String what, String outcome) {
      return meters.counter("weir.peering.requests", "what", what, "outcome", outcome).count();
    }
  }

  private static Attachment attachment(Member member, Role role, Room room) {
    String identity = Identities.of(member, Scheme.USER_DEVICE, role);
    return new Attachment(
        new Attachment.Key("n1", room, identity), "PA_1", member, role, role != Role.VIEW, NOW);
  }

  private Instant now = NOW;
  private final End a = new End(A, B, () -> now);
  private End b = new End(B, A, () -> now);

  /** Carries messages both ways until both are silent; returns how many there were. */
  private int exchange() throws SyncContent.BadSync {
    int messages = 0;
    for (boolean said = true; said; ) {
      said = carry(a, b) | carry(b, a);
      messages += said ? 1 : 0;
    }
    return messages;
  }

  private static boolean carry(End from, End to) throws SyncContent.BadSync {
    @Nullable SyncMessage message = from.content.next();
    if (message == null) {
      return false;
    }
    to.content.received(message);
    return true;
  }

  @Test
  void aSlotThatBothHaveIsSharedWithoutAnybodyNamingIt() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    assertThat(a.usersIn(CALL)).containsExactly("@alice:a.test", "@bob:b.test");
    assertThat(b.usersIn(CALL)).containsExactly("@alice:a.test", "@bob:b.test");
  }

  @Test
  void aSlotThatOnlyOneHasTeachesTheOtherNothing() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    a.joins(OTHER, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    assertThat(b.usersIn(OTHER)).isEmpty();
    assertThat(b.book.find(B, OTHER)).isEmpty();
  }

  @Test
  void laterJoinsAndLeavesCross() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    a.joins(CALL, Member.legacy("@anna:a.test", "X"), Role.OWN, Room.home(A));
    a.book.apply(
        A, CALL, new SlotEvent.Left(attachment(ALICE, Role.OWN, Room.home(A)).key(), "PA_1"));
    exchange();
    assertThat(b.usersIn(CALL)).containsExactly("@anna:a.test", "@bob:b.test");
  }

  @Test
  void aReconnectBringsWhatWasMissed() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    a.content.ended();
    b.content.ended();
    a.joins(CALL, Member.legacy("@anna:a.test", "X"), Role.OWN, Room.home(A));
    a.open();
    b.open();
    exchange();
    assertThat(b.usersIn(CALL)).containsExactly("@alice:a.test", "@anna:a.test", "@bob:b.test");
  }

  @Test
  void slotsKnowWhoIsConnected() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    assertThat(a.book.find(A, CALL).map(SlotState::connected)).contains(Set.of(B));
    a.content.ended();
    assertThat(a.book.find(A, CALL).map(SlotState::connected)).contains(Set.of());
  }

  @Test
  void whatIsDueIsTheNewestStateAndNotAQueue() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    Attachment alice = attachment(ALICE, Role.OWN, Room.home(A));
    for (int i = 0; i < 100; i++) {
      a.book.apply(A, CALL, new SlotEvent.Publishes(alice.key(), "PA_1", i % 2 == 0));
    }
    assertThat(exchange()).isLessThan(4);
  }

  @Test
  void aForgedRecordOfOurOwnUserIsRefusedAndCounted() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    b.content.received(update(CALL, BOB, "@bob:b.test:BBB", A));
    assertThat(b.count("record", "refused")).isOne();
    assertThat(b.usersIn(CALL)).containsExactly("@alice:a.test", "@bob:b.test");
  }

  @Test
  void aRecordThatNamesAnotherMembersIdentityIsRefused() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    Member mallory = Member.legacy("@mallory:a.test", "M");
    b.content.received(update(CALL, mallory, "@bob:b.test:BBB", A));
    assertThat(b.count("record", "refused")).isOne();
    assertThat(b.usersIn(CALL)).containsExactly("@alice:a.test", "@bob:b.test");
  }

  @Test
  void aReplayedRecordChangesNothing() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    SyncMessage replay =
        SyncMessage.newBuilder()
            .setUpdate(
                Wire.update(
                    CALL,
                    b.book.find(B, CALL).orElseThrow().view().live().stream()
                        .map(Held::record)
                        .filter(r -> r.member().equals(ALICE))
                        .findFirst()
                        .orElseThrow()))
            .build();
    a.book.apply(
        A, CALL, new SlotEvent.Left(attachment(ALICE, Role.OWN, Room.home(A)).key(), "PA_1"));
    exchange();
    b.content.received(replay);
    assertThat(b.usersIn(CALL)).containsExactly("@bob:b.test");
  }

  @Test
  void recordsOfASlotThatWeHaveNothingInAreDropped() throws SyncContent.BadSync {
    b.content.received(update(OTHER, ALICE, "@alice:a.test:AAA", A));
    assertThat(b.book.find(B, OTHER)).isEmpty();
    assertThat(b.count("unknown_slot", "ignored")).isOne();
  }

  @Test
  void moreSessionsThanAgreedAreNotShared() throws SyncContent.BadSync {
    End small = new End(A, B, () -> now);
    small.content = small.syncs.open(small.atMost(1), NONCE_A, NONCE_B, () -> {});
    small.joins(CALL, ALICE, Role.OWN, Room.home(A));
    small.joins(OTHER, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    b.joins(OTHER, BOB, Role.OWN, Room.home(B));
    for (boolean said = true; said; ) {
      said = carry(b, small) | carry(small, b);
    }
    assertThat(b.usersIn(CALL).size() + b.usersIn(OTHER).size()).isEqualTo(3);
  }

  @Test
  void aCallThatHasEndedHereIsAnnouncedNoMoreAndItsLastLeaveArrives() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    assertThat(b.book.find(B, CALL).map(SlotState::matched)).contains(Set.of(A));
    a.leaves(CALL, ALICE, Role.OWN, Room.home(A));
    exchange();
    assertThat(a.book.find(A, CALL)).as("the leave is remembered").isPresent();
    assertThat(b.usersIn(CALL)).containsExactly("@bob:b.test");
    assertThat(b.book.find(B, CALL).map(SlotState::matched)).contains(Set.of());
    a.content.ended();
    b.content.ended();
    a.open();
    b.open();
    exchange();
    assertThat(b.book.find(B, CALL).map(SlotState::matched)).contains(Set.of());
  }

  /** Both streams break, and b's router comes back without anything that it knew. */
  private void losesEverything() {
    a.content.ended();
    b.content.ended();
    now = now.plusSeconds(5);
    b = new End(B, A, () -> now);
    a.open();
  }

  @Test
  void aSiteThatLostEverythingLeavesNoGhosts() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    losesEverything();
    exchange();
    assertThat(a.usersIn(CALL)).as("b may still find its rooms").contains("@bob:b.test");
    now = now.plusSeconds(30);
    a.book.apply(A, CALL, new SlotEvent.Tick());
    assertThat(a.usersIn(CALL)).containsExactly("@alice:a.test");
  }

  @Test
  void aSiteThatLostEverythingAndFindsItsRoomsReplacesWhatItSaid() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    b.joins(CALL, Member.legacy("@bea:b.test", "X"), Role.OWN, Room.home(B));
    exchange();
    losesEverything();
    exchange();
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    now = now.plusSeconds(60);
    a.book.apply(A, CALL, new SlotEvent.Tick());
    assertThat(a.usersIn(CALL)).containsExactly("@alice:a.test", "@bob:b.test");
    assertThat(b.usersIn(CALL)).containsExactly("@alice:a.test", "@bob:b.test");
  }

  @Test
  void aLargeSlotOfASiteThatLostEverythingHasNoGhostsEither() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    losesEverything();
    for (int i = 0; i < 450; i++) {
      b.joins(CALL, Member.legacy("@b" + i + ":b.test", "X"), Role.OWN, Room.home(B));
    }
    exchange();
    assertThat(a.usersIn(CALL)).hasSize(451).doesNotContain("@bob:b.test");
  }

  @Test
  void whoComesBackIntoACallThatHadEndedIsFoundAgain() throws SyncContent.BadSync {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    exchange();
    a.leaves(CALL, ALICE, Role.OWN, Room.home(A));
    exchange();
    b.joins(CALL, Member.legacy("@bea:b.test", "X"), Role.OWN, Room.home(B));
    exchange();
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    exchange();
    assertThat(a.usersIn(CALL)).containsExactly("@alice:a.test", "@bea:b.test", "@bob:b.test");
    assertThat(b.usersIn(CALL)).containsExactly("@alice:a.test", "@bea:b.test", "@bob:b.test");
  }

  @Test
  void callsThatHaveEndedTakeNoSpaceInTheAgreement() throws SyncContent.BadSync {
    End small = new End(A, B, () -> now);
    small.content = small.syncs.open(small.atMost(1), NONCE_A, NONCE_B, () -> {});
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    b.joins(OTHER, BOB, Role.OWN, Room.home(B));
    small.joins(CALL, ALICE, Role.OWN, Room.home(A));
    for (boolean said = true; said; ) {
      said = carry(b, small) | carry(small, b);
    }
    small.leaves(CALL, ALICE, Role.OWN, Room.home(A));
    small.joins(OTHER, ALICE, Role.OWN, Room.home(A));
    for (boolean said = true; said; ) {
      said = carry(b, small) | carry(small, b);
    }
    assertThat(b.usersIn(OTHER)).containsExactly("@alice:a.test", "@bob:b.test");
  }

  @Test
  void anIdBeyondAllMeasureEndsTheStream() {
    var huge =
        SyncMessage.newBuilder()
            .setSnapshot(
                SlotSnapshot.newBuilder()
                    .setSlot(
                        dev.weir.peering.v1.Slot.newBuilder()
                            .setRoomId("!".repeat(600))
                            .setSlotId("x")))
            .build();
    assertThatThrownBy(() -> b.content.received(huge)).isInstanceOf(SyncContent.BadSync.class);
  }

  @Test
  void whatANewerPeerSaysBeyondOurWordsIsIgnored() throws SyncContent.BadSync {
    b.content.received(SyncMessage.getDefaultInstance());
    b.content.received(
        SyncMessage.newBuilder().setAnnouncements(Announcements.getDefaultInstance()).build());
    assertThat(b.book.live(B)).isEmpty();
  }

  private static SyncMessage update(SlotId slot, Member member, String identity, Site home) {
    return SyncMessage.newBuilder()
        .setUpdate(
            MemberUpdate.newBuilder()
                .setSlot(Wire.slot(slot))
                .setRecord(
                    dev.weir.peering.v1.MemberRecord.newBuilder()
                        .setMember(Wire.member(member))
                        .addIdentities(identity)
                        .setHomeServerName(home.name())
                        .setFocusServerName(home.name())
                        .setPublishes(true)
                        .setVersion(
                            dev.weir.peering.v1.Version.newBuilder()
                                .setEpoch(Long.MAX_VALUE)
                                .setReplica("x"))))
        .build();
  }
}
