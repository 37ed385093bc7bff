package dev.weir.service.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.service.slots.TestRouter;
import dev.weir.session.Client;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.converge.Convergence;
import dev.weir.session.slot.ClientFacts;
import dev.weir.session.slot.Declared;
import dev.weir.session.slot.SlotState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomEventsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Site A = TestRouter.A;
  private static final SlotId CALL = SlotId.ofRoomCall("!call:a.test");
  private static final Client ALICE = new Client("@alice:a.test", "AAA");

  @TempDir Path data;
  private TestRouter router;
  private ClosedSlots closed;
  private RoomEvents events;

  @BeforeEach
  void start() {
    router = new TestRouter(data, List.of());
    closed = new ClosedSlots(router.hazelcast);
    events =
        new RoomEvents(
            router.configuration,
            router.slots,
            closed,
            new Memory(router.hazelcast),
            router.clock());
  }

  @AfterEach
  void stop() {
    router.close();
  }

  @Test
  void aClientIsKnownByWhatItsEventSays() throws Exception {
    take(membership("@alice:a.test", "AAA", "oldest_membership"));
    assertThat(declared(ALICE)).isEqualTo(Declared.LEGACY);
    take(membership("@alice:a.test", "AAA", "multi_sfu"));
    assertThat(declared(ALICE)).isEqualTo(Declared.MULTI_SFU);
    take(membership("@alice:a.test", "AAA", "telepathy"));
    assertThat(declared(ALICE)).isEqualTo(Declared.UNKNOWN);
  }

  @Test
  void devicesOfAUserAreToldApart() throws Exception {
    take(membership("@alice:a.test", "AAA", "oldest_membership"));
    take(membership("@alice:a.test", "PHONE", "multi_sfu"));
    assertThat(declared(ALICE)).isEqualTo(Declared.LEGACY);
    assertThat(declared(new Client("@alice:a.test", "PHONE"))).isEqualTo(Declared.MULTI_SFU);
  }

  @Test
  void anEndedMembershipSaysNothingAnyMoreAndLeavesNothingBehind() throws Exception {
    take(membership("@alice:a.test", "AAA", "oldest_membership"));
    take(event("@alice:a.test", "_@alice:a.test_AAA_m.call", "{}"));
    assertThat(router.slots.find(A, CALL)).isEmpty();
    assertThat(router.hazelcast.getMap("weir.memberships").size()).isZero();
    assertThat(events.decisions(A, CALL)).isEmpty();
  }

  @Test
  void whoLeavesTheRoomIsForgotten() throws Exception {
    take(membership("@alice:a.test", "AAA", "oldest_membership"));
    take(
        """
        {"type":"m.room.member","room_id":"!call:a.test","sender":"@mod:a.test","state_key":"@alice:a.test",
         "origin_server_ts":2,"content":{"membership":"ban"}}
        """);
    assertThat(router.slots.find(A, CALL)).isEmpty();
    assertThat(events.decisions(A, CALL)).isEmpty();
  }

  @Test
  void usersOfOtherSitesAreExplainedButNotDeclared() throws Exception {
    take(membership("@bob:b.test", "BBB", "oldest_membership"));
    assertThat(router.slots.find(A, CALL)).isEmpty();
    assertThat(events.decisions(A, CALL))
        .extracting(decision -> decision.member().user())
        .containsExactly("@bob:b.test");
  }

  @Test
  void theFocusOfEachMemberFollowsFromTheEvents() throws Exception {
    router.after(java.time.Duration.ZERO);
    take(membership("@bob:b.test", "BBB", "oldest_membership"));
    take(membership("@alice:a.test", "AAA", "oldest_membership"));
    assertThat(events.decisions(A, CALL))
        .extracting(Convergence.Decision::reason)
        .containsExactlyInAnyOrder(
            "oldest_membership: is the oldest", "oldest_membership: follows the oldest");
  }

  @Test
  void nobodySpeaksForAnother() throws Exception {
    take(membership("@alice:a.test", "AAA", "oldest_membership"));
    take(event("@mallory:a.test", "_@alice:a.test_AAA_m.call", "{}"));
    assertThat(declared(ALICE)).isEqualTo(Declared.LEGACY);
  }

  @Test
  void aClosedSlotIsClosedUntilItIsOpenedAgain() throws Exception {
    take(slot("{\"application\":{\"type\":\"m.call\"},\"status\":\"closed\"}"));
    assertThat(closed.isClosed(A, CALL)).isTrue();
    assertThat(closed.isClosed(A, SlotId.ofRoomCall("!other:a.test"))).isFalse();
    take(slot("{\"application\":{\"type\":\"m.call\"},\"status\":\"open\"}"));
    assertThat(closed.isClosed(A, CALL)).isFalse();
    take(slot("{}"));
    assertThat(closed.isClosed(A, CALL)).as("anything but a whole open slot is closed").isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "{}",
        "{\"type\":7}",
        "{\"type\":\"org.matrix.msc3401.call.member\"}",
        "{\"type\":\"m.room.member\",\"room_id\":\"!r:a\",\"sender\":\"@x:a\"}",
        "{\"type\":\"org.matrix.msc3401.call.member\",\"room_id\":\"!r:a\",\"sender\":\"@:\",\"content\":[]}",
        "{\"type\":\"org.matrix.msc3401.call.member\",\"room_id\":\"!r:a\\nx\",\"sender\":\"@x:a.test\",\"content\":{}}"
      })
  void junkIsNothing(String text) throws Exception {
    take(text);
    assertThat(router.slots.live(A)).isEmpty();
    assertThat(router.hazelcast.getMap("weir.memberships").size()).isZero();
  }

  @Test
  void oneUserCannotFillTheMemory() throws Exception {
    for (int i = 0; i < 100; i++) {
      take(membership("@alice:a.test", "D" + i, "oldest_membership"));
    }
    assertThat(events.decisions(A, CALL)).hasSizeLessThanOrEqualTo(16);
  }

  private void take(String event) throws JsonProcessingException {
    JsonNode json = JSON.readTree(event);
    events.take(A, json);
    events.take(A, json);
  }

  private Declared declared(Client client) {
    Optional<SlotState> state = router.slots.find(A, CALL);
    return state
        .map(known -> known.clients().getOrDefault(client, ClientFacts.NONE).declared())
        .orElse(Declared.UNKNOWN);
  }

  private String membership(String user, String device, String selection) {
    return event(
        user,
        "_" + user + "_" + device + "_m.call",
        """
        {"application":"m.call","call_id":"","device_id":"%s","expires":14400000,"scope":"m.room",
         "created_ts":%d,"focus_active":{"type":"livekit","focus_selection":"%s"},
         "foci_preferred":[{"type":"livekit","livekit_service_url":"https://%s"}]}
        """
            .formatted(device, router.now().toEpochMilli() - device.length(), selection, device));
  }

  private String event(String sender, String stateKey, String content) {
    return """
        {"type":"org.matrix.msc3401.call.member","room_id":"!call:a.test","sender":"%s","state_key":"%s",
         "origin_server_ts":%d,"content":%s}
        """
        .formatted(sender, stateKey, router.now().toEpochMilli(), content);
  }

  private static String slot(String content) {
    return """
        {"type":"org.matrix.msc4143.rtc.slot","room_id":"!call:a.test","sender":"@mod:a.test",
         "state_key":"m.call#ROOM","origin_server_ts":1,"content":%s}
        """
        .formatted(content);
  }
}
