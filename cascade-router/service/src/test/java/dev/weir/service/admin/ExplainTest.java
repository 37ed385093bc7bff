package dev.weir.service.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.service.admin.Overview.Explained;
import dev.weir.service.events.TestEvents;
import dev.weir.service.slots.Beans;
import dev.weir.service.slots.TestRouter;
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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainTest {
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final Site A = TestRouter.A;

  @TempDir Path data;
  private TestRouter router;
  private Overviews overviews;

  @BeforeEach
  void start() {
    router = new TestRouter(data, List.of());
    overviews =
        new Overviews(
            router.configuration,
            router.slots,
            router.reports,
            router.replica,
            new Partners(router.configuration, new Beans<>(List.of())),
            new KeptLegs(new Beans<>(List.of())),
            TestEvents.of(router),
            router.clock());
  }

  @AfterEach
  void stop() {
    router.close();
  }

  @Test
  void anAdminReadsWhoIsWhereAndThatTheyDisagree() {
    joins("alice", Room.guest(Site.of("b.test")));
    joins("anne", Room.guest(Site.of("c.test")));
    await().until(() -> overviews.room(CALL.roomId()).size() == 1);
    List<Explained> slots = overviews.room(CALL.roomId());
    Explained call = slots.getFirst();
    assertThat(call.site()).isEqualTo("a.test");
    assertThat(call.disagreeing()).isTrue();
    assertThat(call.members()).hasSize(2);
    assertThat(call.explanation())
        .startsWith("slot m.call#ROOM of !call:a.test\nseen by a.test\n")
        .contains(
            "@alice:a.test D: publishes at a.test/n1 for focus b.test, legacy (",
            "legacy members disagree: foci [b.test, c.test]; they are one call by R2 and R3",
            "GUEST b.test on n1 (");
  }

  @Test
  void aCallThatHasEndedIsNoCallOnTheStatusPageButCanBeAskedFor() {
    Attachment alice = joins("alice", Room.guest(Site.of("b.test")));
    await().until(() -> overviews.now().sites().getFirst().slots().size() == 1);
    router.slots.apply(A, CALL, new SlotEvent.Left(alice.key(), alice.sid()));
    assertThat(overviews.now().sites().getFirst().slots()).isEmpty();
    assertThat(overviews.room(CALL.roomId()))
        .singleElement()
        .satisfies(call -> assertThat(call.explanation()).contains("members\n  nobody\n"));
  }

  @Test
  void aRoomWithoutACallHasNothingToExplain() {
    assertThat(overviews.room("!nobody:a.test")).isEmpty();
  }

  private Attachment joins(String name, Room room) {
    Member member = Member.legacy("@" + name + ":a.test", "D");
    Attachment attachment =
        new Attachment(
            new Attachment.Key("n1", room, Identities.of(member, Scheme.USER_DEVICE)),
            "PA_" + name,
            member,
            Role.GUEST,
            true,
            router.now());
    router.slots.apply(A, CALL, new SlotEvent.Joined(attachment));
    return attachment;
  }
}
