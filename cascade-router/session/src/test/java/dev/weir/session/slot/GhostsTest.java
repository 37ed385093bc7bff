package dev.weir.session.slot;

import static dev.weir.session.slot.Fixture.A;
import static dev.weir.session.slot.Fixture.B;
import static dev.weir.session.slot.Fixture.C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Snapshot;
import dev.weir.session.view.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** bob and bea of b are in a's slot; then b loses all that it knew. */
class GhostsTest {
  private final Fixture slot = Fixture.connectedTo(B, C);
  private MemberRecord bob;
  private MemberRecord bea;

  @BeforeEach
  void aCall() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.on(new SlotEvent.Matched(B, true));
    bob = slot.foreign("bob:b", B, true, false);
    bea = slot.foreign("bea:b", B, true, false);
    slot.hear(bob).hear(bea).hear(slot.foreign("carl:c", C, true, false));
    slot.on(new SlotEvent.PeerSnapshot(B, new Snapshot(B, bea.version(), List.of(bob, bea))));
  }

  @Test
  void aSiteThatNoLongerHasTheSlotIsForgottenAfterAWhile() {
    slot.on(new SlotEvent.PeerHint(B, Set.of(Site.of("d"))));
    slot.on(new SlotEvent.Matched(B, false));
    slot.after(Duration.ofMillis(29_999));
    assertThat(slot.wakeAt).contains(slot.now.plusMillis(1));
    assertThat(users()).containsExactlyInAnyOrder("@alice:a", "@bob:b", "@bea:b", "@carl:c");
    slot.after(Duration.ofMillis(1));
    assertThat(users()).containsExactlyInAnyOrder("@alice:a", "@carl:c");
    assertThat(Sharing.peers(slot.state)).containsExactly(C);
    assertThat(slot.state.unannounced()).isEmpty();
  }

  @Test
  void aSiteThatFoundItsRoomsAgainInTimeKeepsItsMembers() {
    slot.on(new SlotEvent.Matched(B, false)).after(Duration.ofSeconds(20));
    assertThat(Unannounced.isNews(slot.state, B, true)).isTrue();
    slot.on(new SlotEvent.Matched(B, true)).after(Duration.ofSeconds(60));
    assertThat(users()).contains("@bob:b", "@bea:b");
  }

  @Test
  void whoComesBackAfterAllIsTakenInTheVersionThatWasKnown() {
    slot.on(new SlotEvent.Matched(B, false)).after(Duration.ofSeconds(30));
    slot.on(new SlotEvent.Matched(B, true));
    slot.on(new SlotEvent.PeerSnapshot(B, new Snapshot(B, bea.version(), List.of(bob, bea))));
    assertThat(users()).contains("@bob:b", "@bea:b");
  }

  @Test
  void whatASiteDoesNotSayWhileItIsAwayIsNoEvidence() {
    slot.on(new SlotEvent.Matched(B, false));
    slot.on(new SlotEvent.PeersConnected(Set.of(C)));
    slot.after(Duration.ofSeconds(31)).after(Duration.ofMinutes(10));
    assertThat(users()).contains("@bob:b", "@bea:b");
    slot.on(new SlotEvent.PeersConnected(Set.of(B, C))).after(Duration.ofSeconds(29));
    assertThat(users()).contains("@bob:b", "@bea:b");
    slot.after(Duration.ofSeconds(1));
    assertThat(users()).containsExactlyInAnyOrder("@alice:a", "@carl:c");
  }

  @Test
  void aSiteWhoseMembersLeftInGoodOrderIsNotSuspected() {
    slot.hear(bob.asLeft(new Version(1, 20, "p"))).hear(bea.asLeft(new Version(1, 21, "p")));
    slot.on(new SlotEvent.Matched(B, false));
    assertThat(slot.state.unannounced()).isEmpty();
    assertThat(Unannounced.isNews(slot.state, B, false)).isFalse();
  }

  @Test
  void leavesThatArriveAfterTheAnnouncementIsWithdrawnAreRemembered() {
    slot.on(new SlotEvent.Matched(B, false));
    slot.hear(bob.asLeft(new Version(1, 20, "p"))).hear(bea.asLeft(new Version(1, 21, "p")));
    slot.after(Duration.ofSeconds(30));
    assertThat(slot.state.unannounced()).isEmpty();
    slot.hear(bob);
    assertThat(users()).containsExactlyInAnyOrder("@alice:a", "@carl:c");
  }

  @Test
  void aSnapshotOfANewEpochReplacesAllThatTheSiteSaidBefore() {
    MemberRecord ben =
        slot.foreign("ben:b", B, true, false).at(new Version(2, 1, "after-the-loss"));
    slot.on(new SlotEvent.PeerSnapshot(B, new Snapshot(B, ben.version(), List.of(ben))));
    assertThat(users()).containsExactlyInAnyOrder("@alice:a", "@ben:b", "@carl:c");
  }

  @Test
  void whatIsGoneTakesNoSpaceOfWhatIsThere() {
    var limits = slot.policy.limits();
    for (int i = 0; i < limits.recordsPerWriter(); i++) {
      slot.hear(slot.foreign("u" + i + ":b", B, true, false));
    }
    MemberRecord ben = slot.foreign("ben:b", B, true, false).at(new Version(2, 1, "q"));
    slot.effects.clear();
    slot.on(new SlotEvent.PeerSnapshot(B, new Snapshot(B, ben.version(), List.of(ben))));
    assertThat(users()).containsExactlyInAnyOrder("@alice:a", "@ben:b", "@carl:c");
    assertThat(slot.effects).isEmpty();
  }

  @Test
  void anAgreementThatEndsEndsTheDoubtToo() {
    slot.on(new SlotEvent.Matched(B, false)).on(new SlotEvent.PeerGone(B));
    assertThat(slot.state.unannounced()).isEmpty();
  }

  @Test
  void doubtsOfTwoHalvesOfAClusterAreOneDoubt() {
    SlotState before = slot.state;
    SlotState doubting = slot.on(new SlotEvent.Matched(B, false)).state;
    assertThat(Reunion.of(before, doubting).unannounced()).isEqualTo(Map.of(B, slot.now));
  }

  @Test
  void aStateOfAReplicaThatKnowsNoDoubtsIsRead() {
    String bytes = new String(SessionCodec.write(slot.state), StandardCharsets.UTF_8);
    String older = bytes.replace(",\"unannounced\":{}", "");
    assertThat(older).isNotEqualTo(bytes);
    assertThat(SessionCodec.read(older.getBytes(StandardCharsets.UTF_8), SlotState.class))
        .isEqualTo(slot.state);
  }

  private List<String> users() {
    return slot.state.view().live().stream().map(held -> held.record().member().user()).toList();
  }
}
