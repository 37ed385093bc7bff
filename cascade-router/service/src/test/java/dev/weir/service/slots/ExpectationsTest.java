package dev.weir.service.slots;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.SlotId;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients may set attributes of their own, so none of them says who somebody is without a seal. */
class ExpectationsTest {
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final RoomKey ROOM = Rooms.key(TestRouter.A, CALL, Room.home(TestRouter.A));
  private static final String IDENTITY = "@alice:a.test:AAA";
  private static final Expected ALICE =
      new Expected(Member.legacy("@alice:a.test", "AAA"), Role.OWN);

  @TempDir Path data;
  private TestRouter router;
  private Expectations expectations;

  @BeforeEach
  void start() {
    router = new TestRouter(data, List.of(TestRouter.node("n1", URI.create("ws://127.0.0.1:9"))));
    expectations = router.expectations;
  }

  @AfterEach
  void stop() {
    router.close();
  }

  @Test
  void whoGotATokenIsKnownWithAndWithoutItsMark() {
    String mark = expectations.expect(ROOM, IDENTITY, ALICE);
    assertThat(expectations.who(ROOM, IDENTITY, Map.of())).contains(ALICE);
    router.hazelcast.getMap("weir.expected").clear();
    assertThat(expectations.who(ROOM, IDENTITY, Map.of())).isEmpty();
    assertThat(expectations.who(ROOM, IDENTITY, Map.of(Expectations.MARK, mark))).contains(ALICE);
    assertThat(expectations.who(ROOM, "@eve:a.test:E", Map.of(Expectations.MARK, mark))).isEmpty();
  }

  @Test
  void aCopyIsNobody() {
    var unused = expectations.expect(ROOM, IDENTITY, ALICE);
    Map<String, String> copy =
        Map.of(Expectations.RELAYED, expectations.relayedSeal(ROOM, IDENTITY));
    assertThat(expectations.isRelayed(ROOM, IDENTITY, copy)).isTrue();
    assertThat(expectations.who(ROOM, IDENTITY, copy)).isEmpty();
  }

  @Test
  void nobodyHidesByCallingItselfACopy() {
    var unused = expectations.expect(ROOM, IDENTITY, ALICE);
    String seal = expectations.relayedSeal(ROOM, "@eve:a.test:E");
    for (String made : new String[] {"1", "", "no base 64!", seal, seal + "AA"}) {
      Map<String, String> attributes = Map.of(Expectations.RELAYED, made);
      assertThat(expectations.isRelayed(ROOM, IDENTITY, attributes)).as(made).isFalse();
      assertThat(expectations.who(ROOM, IDENTITY, attributes)).as(made).contains(ALICE);
    }
  }
}
