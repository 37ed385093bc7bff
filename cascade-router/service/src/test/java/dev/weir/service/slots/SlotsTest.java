package dev.weir.service.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.slot.SlotEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlotsTest {
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final Site A = TestRouter.A;
  private static final Site B = Site.of("b.test");

  @TempDir Path data;
  private TestRouter router;

  @BeforeEach
  void start() {
    router = new TestRouter(data, List.of());
  }

  @AfterEach
  void stop() {
    router.close();
  }

  @Test
  void callsWhoseLegacyMembersDisagreeAreCounted() {
    Attachment alice = joins("alice", Role.GUEST, Room.guest(B));
    await().until(() -> router.gauge("weir.slots") == 1);
    assertThat(router.gauge("weir.slots.disagreeing")).isZero();
    Attachment anne = joins("anne", Role.GUEST, Room.guest(Site.of("c.test")));
    await().until(() -> router.gauge("weir.slots.disagreeing") == 1);
    leaves(anne);
    await().until(() -> router.gauge("weir.slots.disagreeing") == 0);
    assertThat(router.gauge("weir.slots")).isOne();
    leaves(alice);
    await().until(() -> router.gauge("weir.slots") == 0);
  }

  @Test
  void aCallThatHasEndedIsRememberedForADayAndThenForgotten() {
    leaves(joins("alice", Role.OWN, Room.home(A)));
    assertThat(router.slots.find(A, CALL)).isPresent();
    router.after(Duration.ofHours(24).plusSeconds(1));
    await().until(() -> router.slots.find(A, CALL).isEmpty());
    await().until(() -> router.slots.live(A).isEmpty());
  }

  @Test
  void aRequestThatNobodyFollowsUpIsForgotten() {
    Member alice = Member.legacy("@alice:a.test", "D");
    router.slots.apply(A, CALL, new SlotEvent.Asked(alice.client(), B));
    assertThat(router.slots.find(A, CALL)).isPresent();
    router.after(Duration.ofSeconds(61));
    await().until(() -> router.slots.find(A, CALL).isEmpty());
  }

  @Test
  void oddIdsAreKeptApart() {
    SlotKey odd = new SlotKey(A, new SlotId("!odd\nroom:a.test", "x\ny"));
    assertThat(SlotKey.parse(odd.toString())).isEqualTo(odd);
    SlotKey other = new SlotKey(A, new SlotId("!odd", "room:a.test\nx\ny"));
    assertThat(other.toString()).isNotEqualTo(odd.toString());
    assertThat(SlotKey.parse(other.toString())).isEqualTo(other);
  }

  private Attachment joins(String name, Role role, Room room) {
    Member member = Member.legacy("@" + name + ":a.test", "D");
    Attachment attachment =
        new Attachment(
            new Attachment.Key("n1", room, Identities.of(member, Scheme.USER_DEVICE, role)),
            "PA_" + name,
            member,
            role,
            true,
            router.now());
    router.slots.apply(A, CALL, new SlotEvent.Joined(attachment));
    return attachment;
  }

  private void leaves(Attachment attachment) {
    router.slots.apply(A, CALL, new SlotEvent.Left(attachment.key(), attachment.sid()));
  }
}
