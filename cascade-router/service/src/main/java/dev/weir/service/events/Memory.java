package dev.weir.service.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.session.Site;
import dev.weir.session.converge.Membership;
import dev.weir.session.converge.MembershipEvents;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The newest membership events of each user in each room, shared by all replicas. Bounded for each
 * user, and forgotten after a day without news; a client that is still there has sent another by
 * then.
 */
@Singleton
final class Memory {
  private static final long HOURS = 24;
  private static final int EVENTS_PER_USER = 16;
  private static final int LARGEST_EVENT = 16 * 1024;
  private static final Set<String> KEPT =
      Set.of("type", "sender", "state_key", "origin_server_ts", "content");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final IMap<String, byte[]> map;

  /** The events of one user in one room, before and after one more. */
  record Change(List<Membership> before, List<Membership> after) {}

  Memory(HazelcastInstance hazelcast) {
    this.map = hazelcast.getMap("weir.memberships");
  }

  /**
   * Takes the place of the event with the same key; what is no membership only ends the one before.
   */
  Change put(Site site, String room, String user, JsonNode event) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    event.properties().stream()
        .filter(field -> KEPT.contains(field.getKey()))
        .forEach(field -> kept.set(field.getKey(), field.getValue()));
    boolean isOne =
        !MembershipEvents.read(kept).isEmpty() && kept.toString().length() <= LARGEST_EVENT;
    return change(
        site,
        room,
        user,
        events -> {
          ArrayNode next = JsonNodeFactory.instance.arrayNode();
          for (JsonNode old : events) {
            if (!key(old).equals(key(kept))) {
              next.add(old);
            }
          }
          if (isOne && next.size() < EVENTS_PER_USER) {
            next.add(kept);
          }
          return next;
        });
  }

  /** The user is no longer in the room. */
  Change forget(Site site, String room, String user) {
    return change(site, room, user, events -> JsonNodeFactory.instance.arrayNode());
  }

  /**
   * All memberships in a room; looks at every key, so it is for people and not for each request.
   */
  List<Membership> in(Site site, String room) {
    String prefix = key(site, room, "");
    List<Membership> all = new ArrayList<>();
    for (String key : map.keySet()) {
      if (key.startsWith(prefix)) {
        all.addAll(memberships(read(map.get(key))));
      }
    }
    return all;
  }

  private Change change(Site site, String room, String user, UnaryOperator<ArrayNode> how) {
    String key = key(site, room, user);
    while (true) {
      byte @Nullable [] before = map.get(key);
      ArrayNode old = read(before);
      ArrayNode next = how.apply(old);
      if (next.equals(old) || replace(key, before, next)) {
        return new Change(memberships(old), memberships(next));
      }
    }
  }

  private boolean replace(String key, byte @Nullable [] before, ArrayNode next) {
    if (next.isEmpty()) {
      return before == null || map.remove(key, before);
    }
    byte[] after = bytes(next);
    boolean stored =
        before == null
            ? map.putIfAbsent(key, after, HOURS, TimeUnit.HOURS) == null
            : map.replace(key, before, after);
    if (stored && before != null) {
      map.setTtl(key, HOURS, TimeUnit.HOURS);
    }
    return stored;
  }

  private static List<Membership> memberships(ArrayNode events) {
    List<Membership> all = new ArrayList<>();
    events.forEach(event -> all.addAll(MembershipEvents.read(event)));
    return all;
  }

  /** A state event has a state key, a sticky one the key in its content. */
  private static String key(JsonNode event) {
    JsonNode content = event.path("content");
    JsonNode sticky = content.path("msc4354_sticky_key");
    return event.path("type").asText()
        + "\n"
        + event
            .path("state_key")
            .asText((sticky.isMissingNode() ? content.path("sticky_key") : sticky).asText());
  }

  private static String key(Site site, String room, String user) {
    return site.name() + "\n" + room + "\n" + user;
  }

  private static ArrayNode read(byte @Nullable [] bytes) {
    try {
      return bytes != null && JSON.readTree(bytes) instanceof ArrayNode events
          ? events
          : JsonNodeFactory.instance.arrayNode();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(ArrayNode events) {
    try {
      return JSON.writeValueAsBytes(events);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
