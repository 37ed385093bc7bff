package dev.weir.service.legs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.peering.v1.AttachmentKind;
import dev.weir.peering.v1.Slot;
import dev.weir.peering.v1.TakeInRequest;
import dev.weir.service.peering.FocusCalls.TakenIn;
import dev.weir.service.peering.PeerKey;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Site b asks focus a to serve b's users itself. */
class TakeInTest extends TwoPeers {

  @BeforeEach
  void aSharedCall() {
    a.joins(CALL, ALICE, Role.OWN, Room.home(A));
    b.joins(CALL, BOB, Role.OWN, Room.home(B));
    await().until(() -> a.book.find(A, CALL).orElseThrow().view().live().size() == 2);
  }

  private Optional<TakenIn> takeIn(SlotId slot, Member member, Role role, String annexIdentity) {
    return b.peered.focusCalls().takeIn(B, A, slot, member, role, annexIdentity);
  }

  private Optional<TakenIn> takeInAViewer(SlotId slot, Member member) {
    return takeIn(slot, member, Role.VIEW, Identities.of(member, Scheme.THREE_TUPLE, Role.VIEW));
  }

  @Test
  void aViewerGetsTheIdentityThatTheFocusWouldHaveGivenItFromTheStart() {
    assertThat(takeInAViewer(CALL, BOB))
        .contains(
            new TakenIn(
                "wss://a.test", "DIRECT HOME a.test " + Identities.of(BOB, Scheme.THREE_TUPLE)));
  }

  @Test
  void aGuestKeepsItsIdentity() {
    assertThat(takeIn(CALL, BOB, Role.GUEST, "@bob:b.test:BBB"))
        .contains(new TakenIn("wss://a.test", "DIRECT HOME a.test @bob:b.test:BBB"));
  }

  @Test
  void aSiteVouchesForItsOwnUsersOnly() {
    assertThat(takeInAViewer(CALL, ALICE)).isEmpty();
    assertThat(takeInAViewer(CALL, Member.legacy("@carl:c.test", "CCC"))).isEmpty();
  }

  @Test
  void nobodyIsTakenInUnderAnIdentityThatIsNotItsOwn() {
    var calls =
        b.peered
            .peering()
            .calls(new PeerKey("b.test", "a.test"), Duration.ofSeconds(5))
            .orElseThrow();
    TakeInRequest request =
        TakeInRequest.newBuilder()
            .setToServerName("a.test")
            .setSlot(Slot.newBuilder().setRoomId(CALL.roomId()).setSlotId(CALL.slotId()))
            .setMember(
                dev.weir.peering.v1.Member.newBuilder()
                    .setUserId(BOB.user())
                    .setDeviceId(BOB.device())
                    .setMemberId(BOB.memberId()))
            .setKind(AttachmentKind.GUEST)
            .setIdentity("@alice:a.test:AAA")
            .build();
    assertThatThrownBy(() -> calls.takeIn(request))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
  }

  @Test
  void aSlotThatIsNotSharedAClosedOneAndARemovedUserAreRefused() {
    assertThat(takeInAViewer(SlotId.ofRoomCall("!other:a.test"), BOB)).isEmpty();
    a.removedUsers.add(BOB.user());
    assertThat(takeInAViewer(CALL, BOB)).isEmpty();
    a.removedUsers.clear();
    a.closed.add(CALL);
    assertThat(takeInAViewer(CALL, BOB)).isEmpty();
  }

  @Test
  void aFocusThatIsAwayTakesNobodyIn() {
    a.close();
    await().until(() -> !b.connectedTo(a));
    assertThat(takeInAViewer(CALL, BOB)).isEmpty();
  }
}
