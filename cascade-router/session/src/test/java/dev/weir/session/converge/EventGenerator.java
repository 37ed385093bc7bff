package dev.weir.session.converge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Sets of membership events as rooms hold them: every shape, with gaps, junk and ties. */
final class EventGenerator {
  static final ObjectMapper JSON = new ObjectMapper();
  static final long NOW = 1_800_000_000_000L;
  private final Random random;
  private final boolean ties;

  EventGenerator(long seed, boolean ties) {
    this.random = new Random(seed);
    this.ties = ties;
  }

  /** One case for the oracle. */
  ObjectNode set() {
    JsonNodeFactory make = JsonNodeFactory.instance;
    ObjectNode set = make.objectNode();
    set.put("now", NOW);
    set.putObject("slot").put("application", "m.call").put("id", "ROOM");
    ArrayNode events = set.putArray("events");
    Set<String> joined = new TreeSet<>();
    int count = random.nextInt(9);
    for (int i = 0; i < count; i++) {
      String user = "@u" + random.nextInt(5) + ":s" + random.nextInt(4);
      ObjectNode event = event(user, "D" + i, i);
      events.add(event);
      if (random.nextInt(12) > 0) {
        joined.add(user);
      }
    }
    ArrayNode joinedList = set.putArray("joined");
    joined.forEach(joinedList::add);
    if (random.nextInt(6) == 0) {
      set.set("slotEvent", slot());
    } else {
      set.putNull("slotEvent");
    }
    return set;
  }

  private ObjectNode slot() {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("type", SlotStatus.TYPE).put("state_key", "m.call#ROOM").put("event_id", "$slot");
    ObjectNode content = event.putObject("content");
    content.put("status", random.nextBoolean() ? "open" : "closed");
    if (random.nextInt(4) > 0) {
      content.putObject("application").put("type", random.nextInt(5) > 0 ? "m.call" : "m.other");
    }
    return event;
  }

  private ObjectNode event(String user, String device, int index) {
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    event.put("event_id", "$e" + index).put("sender", user);
    event.put("origin_server_ts", NOW - age(index));
    switch (random.nextInt(10)) {
      case 0 -> rtc(event, user, device, index);
      case 1 -> sticky(event, user, device, index);
      case 2 -> left(event, user, device);
      default -> legacy(event, user, device, index);
    }
    if (random.nextInt(10) == 0) {
      mangle(event);
    }
    return event;
  }

  /** Ages that differ by the index, unless ties are wanted. */
  private long age(int index) {
    return ties ? random.nextInt(3) * 1000L : (1 + random.nextInt(20_000_000)) * 10L + index;
  }

  private void legacy(ObjectNode event, String user, String device, int index) {
    event.put("type", MembershipEvents.LEGACY_TYPE);
    event.put("state_key", "_" + user + "_" + device + "_m.call");
    ObjectNode content = event.putObject("content");
    content.put("application", random.nextInt(15) > 0 ? "m.call" : "m.other");
    content.put("call_id", random.nextInt(10) > 0 ? "" : random.nextBoolean() ? "ROOM" : "x");
    content.put("device_id", device).put("scope", "m.room");
    if (random.nextBoolean()) {
      content.put("created_ts", NOW - age(index));
    }
    if (random.nextBoolean()) {
      content.put("expires", 1000L * (1 + random.nextInt(200_000)));
    }
    if (random.nextBoolean()) {
      content.put("membershipID", user + ":" + device);
    }
    ObjectNode active = content.putObject("focus_active").put("type", "livekit");
    switch (random.nextInt(8)) {
      case 0 -> active.put("focus_selection", "something_new");
      case 1 -> {}
      case 2, 3 -> active.put("focus_selection", "multi_sfu");
      default -> active.put("focus_selection", "oldest_membership");
    }
    foci(content.putArray("foci_preferred"), user);
  }

  private void foci(ArrayNode foci, String user) {
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      String host = i == 0 ? user.substring(user.indexOf(':') + 1) : "other" + random.nextInt(3);
      foci.addObject().put("type", "livekit").put("livekit_service_url", "https://" + host);
    }
  }

  private void rtc(ObjectNode event, String user, String device, int index) {
    event.put("type", MembershipEvents.RTC_TYPE);
    ObjectNode content = event.putObject("content");
    content.put("slot_id", random.nextInt(8) > 0 ? "m.call#ROOM" : "m.call#else");
    content
        .putObject("member")
        .put("user_id", random.nextInt(12) > 0 ? user : "@mallory:s9")
        .put("device_id", device)
        .put("id", "id" + index);
    content.putObject("application").put("type", "m.call");
    ObjectNode transports = content.putObject("transports");
    foci(transports.putArray("published"), user);
    transports.putArray("can_subscribe").add("livekit");
    content.putArray("versions").add("v0");
    content.put("msc4354_sticky_key", "key" + index);
  }

  /** A client that writes both shapes under one key. */
  private void sticky(ObjectNode event, String user, String device, int index) {
    rtc(event, user, device, index);
    ((ObjectNode) event.get("content"))
        .put("msc4354_sticky_key", "_" + user + "_" + device + "_m.call");
  }

  private void left(ObjectNode event, String user, String device) {
    event.put("type", MembershipEvents.LEGACY_TYPE);
    event.put("state_key", "_" + user + "_" + device + "_m.call");
    ObjectNode content = event.putObject("content");
    if (random.nextInt(3) == 0) {
      content.putArray("memberships");
    }
  }

  /** Removes or replaces one field of the content. */
  private void mangle(ObjectNode event) {
    ObjectNode content = (ObjectNode) event.get("content");
    List<String> names = new ArrayList<>();
    content.fieldNames().forEachRemaining(names::add);
    if (names.isEmpty()) {
      return;
    }
    String name = names.get(random.nextInt(names.size()));
    // A missing list of foci or an odd expiry is valid for the SDK, until it throws on use.
    if (name.equals("expires") || name.equals("foci_preferred") || name.equals("membershipID")) {
      return;
    }
    switch (random.nextInt(4)) {
      case 0 -> content.remove(name);
      case 1 -> content.putNull(name);
      case 2 -> content.put(name, 7);
      default -> content.putObject(name);
    }
  }
}
