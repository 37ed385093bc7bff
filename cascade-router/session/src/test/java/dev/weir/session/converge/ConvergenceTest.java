package dev.weir.session.converge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.session.SlotId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvergenceTest {
  private static final Instant NOW = Instant.ofEpochMilli(EventGenerator.NOW);
  private static final SlotId SLOT = SlotId.ofRoomCall("!r:x");

  @Test
  void oldestMembershipFollowsTheOldestWhateverThatSelects() throws Exception {
    assertThat(
            foci(legacy("@a:a", 30, "oldest_membership"), legacy("@b:b", 10, "oldest_membership")))
        .containsExactly("@a:a https://a", "@b:b https://a");
    assertThat(foci(legacy("@a:a", 30, "multi_sfu"), legacy("@b:b", 10, "oldest_membership")))
        .containsExactly("@a:a https://a", "@b:b https://a");
    assertThat(foci(legacy("@a:a", 30, "something_new"), legacy("@b:b", 10, "oldest_membership")))
        .containsExactly("@a:a none", "@b:b none");
  }

  @Test
  void multiSfuAndRtcMembersUseTheirOwn() throws Exception {
    assertThat(
            foci(
                legacy("@a:a", 30, "oldest_membership"),
                legacy("@b:b", 10, "multi_sfu"),
                rtc("@c:c", 5)))
        .containsExactly("@a:a https://a", "@b:b https://b", "@c:c https://c");
  }

  @Test
  void equalAgesAreSettledByUserAndDeviceWhateverTheOrder() throws Exception {
    JsonNode b = legacy("@b:b", 10, "oldest_membership");
    JsonNode a = legacy("@a:a", 10, "oldest_membership");
    assertThat(foci(b, a))
        .isEqualTo(foci(a, b))
        .containsExactly("@a:a https://a", "@b:b https://a");
    assertThat(roster(a, b).isSplit()).isTrue();
    assertThat(roster(a).isSplit()).isFalse();
    assertThat(roster(a, legacy("@b:b", 9, "oldest_membership")).isSplit()).isFalse();
    assertThat(roster(legacy("@a:a", 10, "multi_sfu"), legacy("@b:b", 10, "multi_sfu")).isSplit())
        .isFalse();
    assertThat(roster().isSplit()).isFalse();
  }

  @Test
  void theFirstShapeConvergesOnItsActiveFocusAndIsUnseenByTheOthers() throws Exception {
    JsonNode old =
        json(
            """
            {"type":"org.matrix.msc3401.call.member","sender":"@old:o","state_key":"@old:o",
             "origin_server_ts":%d,"content":{"memberships":[
               {"application":"m.call","call_id":"","device_id":"D1","expires":3600000,
                "foci_active":[{"type":"livekit","livekit_service_url":"https://o"}]},
               {"application":"m.call","call_id":"","device_id":"D2","created_ts":%d,
                "expires_ts":%d},
               {"application":"m.call","call_id":"","device_id":"D3","expires_ts":%d},
               {"application":"m.call","device_id":"D4"}, 7]}}
            """
                .formatted(
                    EventGenerator.NOW - 90_000,
                    EventGenerator.NOW - 80_000,
                    EventGenerator.NOW + 1,
                    EventGenerator.NOW));
    assertThat(foci(old, legacy("@a:a", 30, "oldest_membership")))
        .containsExactly("@old:o https://o", "@old:o none", "@a:a https://a");
  }

  @Test
  void aMeshNeedsNoSfuUntilItIsTooLarge() throws Exception {
    ObjectNode mesh = legacy("@a:a", 30, "oldest_membership");
    ((ObjectNode) mesh.at("/content/focus_active")).put("type", "full_mesh");
    assertThat(foci(mesh)).containsExactly("@a:a none");
    ObjectNode growing = legacy("@a:a", 30, "oldest_membership");
    ((ObjectNode) growing.at("/content/focus_active"))
        .put("type", "full_mesh_into_livekit")
        .put("threshold", 3);
    assertThat(foci(growing, legacy("@b:b", 10, "multi_sfu")))
        .containsExactly("@a:a none", "@b:b https://b");
    assertThat(foci(growing, legacy("@b:b", 10, "multi_sfu"), legacy("@c:c", 9, "multi_sfu")))
        .first()
        .isEqualTo("@a:a https://a");
  }

  @ParameterizedTest
  @CsvSource({"0,true", "1,false"})
  void aMembershipExpiresOnTheMillisecond(long left, boolean gone) throws Exception {
    ObjectNode event = legacy("@a:a", 1, "multi_sfu");
    ((ObjectNode) event.get("content")).put("expires", 1000 + left);
    assertThat(foci(event).isEmpty()).isEqualTo(gone);
    ObjectNode byDefault = legacy("@a:a", 4 * 60 * 60, "multi_sfu");
    byDefault.put("origin_server_ts", byDefault.get("origin_server_ts").asLong() + left);
    assertThat(foci(byDefault).isEmpty()).isEqualTo(gone);
  }

  @Test
  void theClaimedAgeOutranksTheAgeOfTheEvent() throws Exception {
    ObjectNode refreshed = legacy("@b:b", 1, "oldest_membership");
    ((ObjectNode) refreshed.get("content")).put("created_ts", EventGenerator.NOW - 60_000);
    assertThat(foci(legacy("@a:a", 30, "oldest_membership"), refreshed))
        .containsExactly("@b:b https://b", "@a:a https://b");
  }

  @Test
  void onlyJoinedMembersOfTheSlotCount() throws Exception {
    ObjectNode elsewhere = legacy("@a:a", 30, "multi_sfu");
    ((ObjectNode) elsewhere.get("content")).put("call_id", "other");
    assertThat(foci(elsewhere)).isEmpty();
    List<Membership> one = MembershipEvents.read(legacy("@a:a", 30, "multi_sfu"));
    assertThat(Roster.of(SLOT, SlotStatus.ABSENT, one, user -> false, NOW).members()).isEmpty();
  }

  @Test
  void aStickyMembershipReplacesTheStateEventOfItsKeyAndEndsWithTheSlot() throws Exception {
    ObjectNode state = legacy("@a:a", 30, "multi_sfu");
    ObjectNode sticky = rtc("@a:a", 5);
    ((ObjectNode) sticky.get("content")).put("msc4354_sticky_key", state.get("state_key").asText());
    assertThat(roster(state, sticky).members()).singleElement().matches(Membership::sticky);
    List<Membership> both = new ArrayList<>(MembershipEvents.read(state));
    both.addAll(MembershipEvents.read(sticky));
    assertThat(Roster.of(SLOT, SlotStatus.CLOSED, both, user -> true, NOW).members())
        .singleElement()
        .matches(m -> !m.sticky());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"status\":\"open\",\"application\":{\"type\":\"m.call\"}}|OPEN",
        "{\"status\":\"closed\",\"application\":{\"type\":\"m.call\"}}|CLOSED",
        "{\"status\":\"open\",\"application\":{\"type\":\"m.other\"}}|CLOSED",
        "{\"status\":\"open\"}|CLOSED",
        "{}|CLOSED"
      })
  void aSlotIsOpenOnlyIfItSaysSoForItsApplication(String content, SlotStatus status)
      throws Exception {
    for (String type : List.of(SlotStatus.TYPE, SlotStatus.TYPE_STABLE)) {
      ObjectNode event = (ObjectNode) json("{\"state_key\":\"m.call#ROOM\"}");
      event.put("type", type).set("content", json(content));
      assertThat(SlotStatus.read(event, "m.call#ROOM")).isEqualTo(status);
      assertThat(SlotStatus.read(event, "m.call#else")).isEqualTo(SlotStatus.ABSENT);
      event.put("type", "m.room.topic");
      assertThat(SlotStatus.read(event, "m.call#ROOM")).isEqualTo(SlotStatus.ABSENT);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/type",
        "/sender",
        "/origin_server_ts",
        "/content",
        "/content/member",
        "/content/member/id",
        "/content/member/user_id",
        "/content/member/device_id",
        "/content/application",
        "/content/application/type",
        "/content/slot_id",
        "/content/msc4354_sticky_key",
        "/content/transports",
        "/content/transports/published",
        "/content/versions",
        "/content/transports/can_subscribe"
      })
  void anRtcMemberNeedsAllItsParts(String path) throws Exception {
    assertThat(MembershipEvents.read(rtc("@c:c", 5))).hasSize(1);
    ObjectNode event = rtc("@c:c", 5);
    int cut = path.lastIndexOf('/');
    ObjectNode parent = (ObjectNode) event.at(path.substring(0, cut));
    parent.remove(path.substring(cut + 1));
    assertThat(MembershipEvents.read(event)).isEmpty();
    parent.put(path.substring(cut + 1), true);
    assertThat(MembershipEvents.read(event)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "member|{\"user_id\":\"@d:d\",\"device_id\":\"D\",\"id\":\"i\"}",
        "slot_id|\"other#ROOM\"",
        "slot_id|\"m.call#ROOM#x\"",
        "application|{\"type\":\"m#call\"}",
        "versions|[7]",
        "sticky_key|\"another\"",
        "sticky_key|7",
        "m.relates_to|{\"event_id\":\"$x\",\"rel_type\":\"m.thread\"}",
        "m.relates_to|{\"rel_type\":\"m.reference\"}"
      })
  void anRtcMemberWithAnOddPartIsNone(String field, String value) throws Exception {
    ObjectNode event = rtc("@c:c", 5);
    ((ObjectNode) event.get("content")).set(field, json(value));
    assertThat(MembershipEvents.read(event)).isEmpty();
  }

  @Test
  void anRtcMemberMayReferToItsFirstEventAndUseTheStableNames() throws Exception {
    ObjectNode event = rtc("@c:c", 5);
    event.put("type", MembershipEvents.RTC_TYPE_STABLE);
    ObjectNode content = (ObjectNode) event.get("content");
    content.set("m.relates_to", json("{\"event_id\":\"$x\",\"rel_type\":\"m.reference\"}"));
    content.put("sticky_key", "k");
    assertThat(MembershipEvents.read(event)).hasSize(1);
    content.remove("msc4354_sticky_key");
    assertThat(MembershipEvents.read(event)).extracting(Membership::key).containsExactly("k");
  }

  @ParameterizedTest
  @ValueSource(strings = {"device_id", "call_id", "application", "focus_active"})
  void aLegacyMemberNeedsItsParts(String field) {
    ObjectNode event = legacy("@a:a", 5, "multi_sfu");
    ObjectNode content = (ObjectNode) event.get("content");
    assertThat(MembershipEvents.read(event)).hasSize(1);
    content.put(field, 7);
    assertThat(MembershipEvents.read(event)).isEmpty();
    content.remove(field);
    assertThat(MembershipEvents.read(event)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "created_ts|\"x\"",
        "created_ts|1.5",
        "scope|7",
        "m.call.intent|7",
        "foci_preferred|{}",
        "foci_preferred|[{}]",
        "foci_preferred|[7]",
        "call_id|\"a#b\"",
        "application|\"a#b\""
      })
  void aLegacyMemberWithAnOddPartIsNone(String field, String value) throws Exception {
    ObjectNode event = legacy("@a:a", 5, "multi_sfu");
    ((ObjectNode) event.get("content")).set(field, json(value));
    assertThat(MembershipEvents.read(event)).isEmpty();
  }

  @Test
  void aLegacyMemberHasAnIdAndMayHaveNoFoci() {
    ObjectNode event = legacy("@a:a", 5, "multi_sfu");
    ObjectNode content = (ObjectNode) event.get("content");
    assertThat(MembershipEvents.read(event))
        .extracting(Membership::memberId)
        .containsExactly("@a:a:D");
    content.put("membershipID", "mine").remove("foci_preferred");
    Membership member = MembershipEvents.read(event).getFirst();
    assertThat(member.memberId()).isEqualTo("mine");
    assertThat(member.foci()).isEmpty();
    content.put("application", "m.other");
    assertThat(MembershipEvents.read(event).getFirst().slotId()).isEqualTo("m.other#");
  }

  private static List<String> foci(JsonNode... events) {
    return Convergence.explain(roster(events)).stream()
        .map(d -> d.member().user() + " " + d.focus().map(Transport::url).orElse("none"))
        .toList();
  }

  private static Roster roster(JsonNode... events) {
    List<Membership> all = new ArrayList<>();
    for (JsonNode event : events) {
      all.addAll(MembershipEvents.read(event));
    }
    return Roster.of(SLOT, SlotStatus.ABSENT, all, user -> true, NOW);
  }

  private static ObjectNode legacy(String user, long seconds, String selection) {
    ObjectNode event = FuzzTest.event();
    event.put("sender", user).put("state_key", "_" + user + "_D_m.call");
    event.put("origin_server_ts", EventGenerator.NOW - seconds * 1000);
    ((ObjectNode) event.at("/content/focus_active")).put("focus_selection", selection);
    ((ObjectNode) event.get("content"))
        .putArray("foci_preferred")
        .addObject()
        .put("type", "livekit")
        .put("livekit_service_url", "https://" + user.substring(user.indexOf(':') + 1));
    return event;
  }

  private static ObjectNode rtc(String user, long seconds) throws Exception {
    return (ObjectNode)
        json(
            """
            {"type":"org.matrix.msc4143.rtc.member","sender":"%1$s","origin_server_ts":%2$d,
             "content":{"slot_id":"m.call#ROOM","application":{"type":"m.call"},
              "member":{"user_id":"%1$s","device_id":"D","id":"i"},"versions":[],
              "transports":{"published":[{"type":"livekit","livekit_service_url":"https://%3$s"}],
               "can_subscribe":[]},"msc4354_sticky_key":"k"}}
            """
                .formatted(
                    user,
                    EventGenerator.NOW - seconds * 1000,
                    user.substring(user.indexOf(':') + 1)));
  }

  private static JsonNode json(String text) throws Exception {
    return EventGenerator.JSON.readTree(text);
  }
}
