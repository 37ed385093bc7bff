package dev.weir.session.slot;

import static dev.weir.session.slot.Fixture.A;
import static dev.weir.session.slot.Fixture.B;
import static dev.weir.session.slot.Fixture.C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Attachment;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.view.RecordLimits;
import dev.weir.session.view.SiteDirectory;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SuspicionTest {
  private static final Duration ALMOST = Duration.ofMillis(2999);
  private static final Duration BIT = Duration.ofMillis(1);
  private final Fixture slot = Fixture.connectedTo(B);

  @Test
  void aMemberThatLeavesAPeersFocusAloneForThreeSecondsIsLegacy() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.after(Duration.ofSeconds(2));
    slot.hear(slot.foreign("bob:b", B, true, false));
    assertThat(slot.wakeAt).contains(slot.now.plusSeconds(3));
    assertThat(slot.after(ALMOST).isLegacy("alice:a")).isFalse();
    assertThat(slot.after(BIT).isLegacy("alice:a")).isTrue();
  }

  @Test
  void theThreeSecondsBeginWhenTheMemberJoins() {
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.after(Duration.ofSeconds(30));
    slot.join("alice:a", Role.OWN, Room.home(A));
    assertThat(slot.after(ALMOST).isLegacy("alice:a")).isFalse();
    assertThat(slot.after(BIT).isLegacy("alice:a")).isTrue();
  }

  @Test
  void whoAsksForTheFocusHasSixSecondsFromEachRequest() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.after(ALMOST);
    slot.on(new SlotEvent.Asked(slot.client("alice:a"), B));
    slot.after(ALMOST);
    slot.on(new SlotEvent.Asked(slot.client("alice:a"), B));
    assertThat(slot.after(Duration.ofMillis(5999)).isLegacy("alice:a")).isFalse();
    assertThat(slot.after(BIT).isLegacy("alice:a")).isTrue();
  }

  @Test
  void whoeverJoinedAViewAnnexIsMultiSfuForTheWholeSlot() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.leave(slot.join("alice:a", Role.VIEW, Room.view(C)));
    slot.hear(slot.foreign("bob:b", B, true, false));
    assertThat(slot.after(Duration.ofMinutes(1)).isLegacy("alice:a")).isFalse();
  }

  @Test
  void anAttachmentThatAPollFindsCountsToo() {
    Attachment own = slot.join("alice:a", Role.OWN, Room.home(A));
    slot.hear(slot.foreign("bob:b", B, true, false));
    Attachment view =
        new Attachment(
            new Attachment.Key("n1", Room.view(B), "view:x"),
            "PA_9",
            own.member(),
            Role.VIEW,
            false,
            slot.now);
    slot.on(new SlotEvent.Listed("n1", Room.view(B), java.util.List.of(view), slot.now));
    assertThat(slot.after(Duration.ofMinutes(1)).isLegacy("alice:a")).isFalse();
  }

  @Test
  void suspicionEndsWhenTheAttachmentAppearsButLingers() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.after(Duration.ofSeconds(3));
    slot.join("alice:a", Role.VIEW, Room.view(B));
    assertThat(slot.isLegacy("alice:a")).isTrue();
    assertThat(slot.wakeAt).contains(slot.now.plusSeconds(5));
    assertThat(slot.after(Duration.ofMillis(4999)).isLegacy("alice:a")).isTrue();
    assertThat(slot.after(BIT).isLegacy("alice:a")).isFalse();
  }

  @Test
  void suspicionThatComesBackWhileItLingersGoesOn() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    var bob = slot.foreign("bob:b", B, true, false);
    slot.hear(bob);
    slot.after(Duration.ofSeconds(3));
    slot.hear(bob.asLeft(new dev.weir.session.view.Version(1, 50, "p")));
    slot.after(Duration.ofSeconds(3));
    slot.hear(bob.at(new dev.weir.session.view.Version(1, 51, "p")));
    slot.after(Duration.ofSeconds(20));
    assertThat(slot.isLegacy("alice:a")).isTrue();
  }

  @Test
  void aPeerThatIsAwayMakesNobodySuspectAndClearsNobody() {
    Fixture away = Fixture.connectedTo(C);
    away.join("alice:a", Role.OWN, Room.home(A));
    away.hear(away.foreign("bob:b", B, true, false));
    assertThat(away.after(Duration.ofMinutes(1)).isLegacy("alice:a")).isFalse();
    away.on(new SlotEvent.PeersConnected(Set.of(B, C)));
    assertThat(away.after(ALMOST).isLegacy("alice:a")).isFalse();
    assertThat(away.after(BIT).isLegacy("alice:a")).isTrue();
    away.on(new SlotEvent.PeersConnected(Set.of()));
    assertThat(away.after(Duration.ofMinutes(1)).isLegacy("alice:a")).isTrue();
  }

  @Test
  void aFocusThatOthersViewCountsEvenWhenNobodyPublishesThere() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.on(new SlotEvent.PeerHint(B, Set.of(C)));
    assertThat(slot.after(Duration.ofSeconds(3)).isLegacy("alice:a")).isTrue();
    Fixture viewed = Fixture.connectedTo(B);
    viewed.join("alice:a", Role.OWN, Room.home(A));
    viewed.join("anne:a", Role.VIEW, Room.view(B));
    assertThat(viewed.after(Duration.ofSeconds(3)).isLegacy("alice:a")).isTrue();
  }

  @Test
  void aFocusThatServesTheClientDirectlyDoesNotCount() {
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.hear(slot.foreign("bob:b", B, true, false));
    slot.on(new SlotEvent.DirectAt(slot.client("alice:a"), B, true));
    assertThat(slot.after(Duration.ofMinutes(1)).isLegacy("alice:a")).isFalse();
    slot.on(new SlotEvent.DirectAt(slot.client("alice:a"), B, false));
    assertThat(slot.after(BIT).isLegacy("alice:a")).isTrue();
  }

  @Test
  void theBrakeOfASiteDefersSuspicion() {
    boolean[] free = {false};
    slot.policy = slot.policy.withSuspicions(at -> free[0]);
    slot.join("alice:a", Role.OWN, Room.home(A));
    slot.hear(slot.foreign("bob:b", B, true, false));
    assertThat(slot.after(Duration.ofSeconds(3)).isLegacy("alice:a")).isFalse();
    assertThat(slot.wakeAt).contains(slot.now.plusSeconds(1));
    free[0] = true;
    assertThat(slot.after(Duration.ofSeconds(1)).isLegacy("alice:a")).isTrue();
    free[0] = false;
    assertThat(slot.after(Duration.ofSeconds(1)).isLegacy("alice:a")).isTrue();
  }

  @Test
  void whatAnEventDeclaresOutranksSuspicionButNotWhatIsSeen() {
    slot.on(new SlotEvent.Declares(slot.client("alice:a"), Declared.LEGACY));
    slot.join("alice:a", Role.OWN, Room.home(A));
    assertThat(slot.isLegacy("alice:a")).isTrue();
    slot.on(new SlotEvent.Declares(slot.client("alice:a"), Declared.MULTI_SFU));
    slot.hear(slot.foreign("bob:b", B, true, false));
    assertThat(slot.after(Duration.ofMinutes(1)).isLegacy("alice:a")).isFalse();
    slot.publish(slot.join("alice:a", Role.GUEST, Room.guest(B)), true);
    assertThat(slot.isLegacy("alice:a")).isTrue();
  }

  @Test
  void aGuestIsLegacyUnlessItIsSilentBesideItsOwnFocus() {
    Attachment guest = slot.join("alice:a", Role.GUEST, Room.guest(B));
    assertThat(slot.isLegacy("alice:a")).as("muted, nothing at home").isTrue();
    Attachment own = slot.join("alice:a", Role.OWN, Room.home(A));
    assertThat(slot.isLegacy("alice:a")).as("fell back to the legacy endpoint").isFalse();
    slot.publish(guest, true);
    assertThat(slot.isLegacy("alice:a")).as("publishes there").isTrue();
    slot.publish(guest, false);
    slot.leave(own);
    assertThat(slot.isLegacy("alice:a")).isTrue();
  }

  @Test
  void aDeclarationWaitsForItsClientAndEndsWhenItIsWithdrawn() {
    slot.on(new SlotEvent.Declares(slot.client("alice:a"), Declared.LEGACY));
    slot.after(Duration.ofHours(1));
    assertThat(slot.state.isForgettable()).isFalse();
    slot.on(new SlotEvent.Declares(slot.client("alice:a"), Declared.UNKNOWN));
    assertThat(slot.state.clients()).isEmpty();
    assertThat(slot.state.isForgettable()).isTrue();
    slot.on(new SlotEvent.Declares(slot.client("zoe:a"), Declared.UNKNOWN));
    assertThat(slot.state.clients()).isEmpty();
  }

  @Test
  void declarationsOfClientsThatNeverComeAreBounded() {
    slot.policy =
        new SlotPolicy(
            "r1",
            SiteDirectory.BY_NAME,
            new RecordLimits(3, 4, 512),
            64,
            Duration.ofSeconds(3),
            Duration.ofSeconds(6),
            Duration.ofSeconds(5),
            at -> true);
    for (int i = 0; i < 5; i++) {
      slot.on(new SlotEvent.Declares(slot.client("u" + i + ":a"), Declared.LEGACY));
    }
    assertThat(slot.state.clients()).hasSize(3);
    slot.on(new SlotEvent.Declares(slot.client("u0:a"), Declared.MULTI_SFU));
    assertThat(slot.state.clients().get(slot.client("u0:a")))
        .extracting(ClientFacts::declared)
        .isEqualTo(Declared.MULTI_SFU);
  }

  @Test
  void aRequestWakesTheSlotOnceItIsOld() {
    slot.on(new SlotEvent.Asked(slot.client("alice:a"), B));
    assertThat(slot.wakeAt).contains(slot.now.plusSeconds(60));
    slot.after(Duration.ofSeconds(20));
    slot.on(new SlotEvent.Asked(slot.client("alice:a"), C));
    assertThat(slot.wakeAt).contains(slot.now.plusSeconds(60));
    slot.after(Duration.ofSeconds(60));
    assertThat(slot.state.isForgettable()).isTrue();
    assertThat(slot.wakeAt).isEmpty();
  }

  @Test
  void theFactsOfAClientThatHasGoneAreForgotten() {
    slot.on(new SlotEvent.Asked(slot.client("alice:a"), B));
    assertThat(slot.state.clients()).isNotEmpty();
    slot.after(Duration.ofSeconds(59));
    assertThat(slot.state.clients()).isNotEmpty();
    slot.after(Duration.ofSeconds(2));
    assertThat(slot.state.clients()).isEmpty();
    Attachment view = slot.join("alice:a", Role.VIEW, Room.view(B));
    assertThat(slot.state.clients()).isNotEmpty();
    slot.leave(view);
    assertThat(slot.state.clients()).isEmpty();
  }
}
