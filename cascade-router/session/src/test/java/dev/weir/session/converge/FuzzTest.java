package dev.weir.session.converge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.session.SlotId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Broken and malicious events. */
class FuzzTest {
  private static final int CASES = Integer.getInteger("weir.property.cases", 5000);
  private static final SlotId SLOT = SlotId.ofRoomCall("!r:x");
  private static final Instant NOW = Instant.ofEpochMilli(EventGenerator.NOW);

  @Test
  void whateverComesNothingIsThrownAndNobodySpeaksForAnother() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      for (JsonNode event : new EventGenerator(seed, true).set().path("events")) {
        JsonNode broken = broken(event.deepCopy(), random, 1 + random.nextInt(4));
        for (Membership membership : MembershipEvents.read(broken)) {
          assertThat(membership.user())
              .as("seed %d: %s", seed, broken)
              .isEqualTo(broken.path("sender").asText());
        }
        SlotStatus.read(broken, SLOT.slotId());
      }
    }
  }

  @Test
  void anEventThatIsNotReadChangesNobodysFocus() {
    for (int seed = 0; seed < CASES; seed++) {
      Random random = new Random(seed);
      List<Membership> good = new ArrayList<>();
      List<Membership> all = new ArrayList<>();
      for (JsonNode event : new EventGenerator(seed, false).set().path("events")) {
        good.addAll(MembershipEvents.read(event));
        all.addAll(MembershipEvents.read(event));
        JsonNode broken = broken(event.deepCopy(), random, 6);
        List<Membership> read = MembershipEvents.read(broken);
        // What is read is a membership of its own sender: it may well be the oldest.
        all.addAll(read.stream().filter(m -> m.selection() == Selection.FOCI_ACTIVE).toList());
      }
      List<Convergence.Decision> before = decisions(good);
      assertThat(
              decisions(all).stream()
                  .filter(d -> d.member().selection() != Selection.FOCI_ACTIVE)
                  .toList())
          .as("seed %d", seed)
          .containsExactlyElementsOf(
              before.stream()
                  .filter(d -> d.member().selection() != Selection.FOCI_ACTIVE)
                  .toList());
    }
  }

  @Test
  void aMemberOfAnyShapeHasABoundedNumberOfBoundedFoci() {
    ObjectNode event = event();
    ObjectNode content = (ObjectNode) event.get("content");
    ArrayNode foci = content.putArray("foci_preferred");
    for (int i = 0; i < 33; i++) {
      foci.addObject().put("type", "livekit").put("livekit_service_url", "https://s" + i);
    }
    assertThat(MembershipEvents.read(event)).isEmpty();
    foci.remove(0);
    assertThat(MembershipEvents.read(event)).hasSize(1);
    content.put("device_id", "D".repeat(2049));
    assertThat(MembershipEvents.read(event)).isEmpty();
  }

  static ObjectNode event() {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("type", MembershipEvents.LEGACY_TYPE).put("sender", "@u:s");
    event.put("state_key", "_@u:s_D_m.call").put("origin_server_ts", EventGenerator.NOW - 1000);
    ObjectNode content = event.putObject("content");
    content.put("application", "m.call").put("call_id", "").put("device_id", "D");
    content.putObject("focus_active").put("type", "livekit").put("focus_selection", "multi_sfu");
    return event;
  }

  private static List<Convergence.Decision> decisions(List<Membership> memberships) {
    return Convergence.explain(Roster.of(SLOT, SlotStatus.ABSENT, memberships, user -> true, NOW));
  }

  /** Replaces, removes and nests parts of a tree. */
  private static JsonNode broken(JsonNode node, Random random, int times) {
    JsonNode broken = node;
    for (int i = 0; i < times; i++) {
      broken = once(broken, random);
    }
    return broken;
  }

  private static JsonNode once(JsonNode node, Random random) {
    if (node instanceof ObjectNode object && !object.isEmpty() && random.nextInt(6) > 0) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.get(random.nextInt(names.size()));
      object.set(name, once(object.get(name), random));
      return object;
    }
    if (node instanceof ArrayNode array && !array.isEmpty() && random.nextInt(4) > 0) {
      int index = random.nextInt(array.size());
      array.set(index, once(array.get(index), random));
      return array;
    }
    JsonNodeFactory make = JsonNodeFactory.instance;
    return switch (random.nextInt(12)) {
      case 0 -> make.nullNode();
      case 1 -> make.textNode("");
      case 2 -> make.textNode("@x:y".repeat(random.nextInt(2000)));
      case 3 -> make.numberNode(random.nextLong());
      case 4 -> make.numberNode(Double.MAX_VALUE);
      case 5 -> make.numberNode(-0.5);
      case 6 -> make.booleanNode(true);
      case 7 -> make.arrayNode().add(node);
      case 8 -> make.objectNode().set("memberships", make.arrayNode().add(node));
      case 9 -> make.textNode("\u0000\ud800#\n");
      case 10 -> make.objectNode();
      default -> make.arrayNode();
    };
  }
}
