package dev.weir.service.appservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.config.HomeSite;
import dev.weir.service.events.RoomEvents;
import dev.weir.service.slots.Removed;
import dev.weir.service.token.DelegatedLeaves;
import dev.weir.session.Site;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/**
 * Events that a homeserver sends its application service. Who left a room or was banned from it is
 * removed from the room's calls; what else concerns calls is passed on. A homeserver sends a
 * transaction again until it is answered, so its id counts once.
 */
@Singleton
public final class Transactions {
  private static final long REMEMBERED_HOURS = 24;
  private static final int LONGEST_ID = 255;

  private final IMap<String, Boolean> done;
  private final Removed removed;
  private final RoomEvents events;
  private final DelegatedLeaves leaves;
  private final MeterRegistry meters;

  Transactions(
      HazelcastInstance hazelcast,
      Removed removed,
      RoomEvents events,
      DelegatedLeaves leaves,
      MeterRegistry meters) {
    this.done = hazelcast.getMap("weir.transactions");
    this.removed = removed;
    this.events = events;
    this.leaves = leaves;
    this.meters = meters;
  }

  /** Blocks until everything in it has happened: only then may it be answered. */
  public void take(HomeSite home, String transaction, Iterable<JsonNode> events) {
    String key = home.site().name() + "\n" + transaction;
    if (done.containsKey(key)) {
      meters.counter("weir.appservice.transactions", "outcome", "repeated").increment();
      return;
    }
    events.forEach(event -> take(home.site(), event));
    done.set(key, true, REMEMBERED_HOURS, TimeUnit.HOURS);
    meters.counter("weir.appservice.transactions", "outcome", "taken").increment();
  }

  private void take(Site site, JsonNode event) {
    if (event.path("type").asText("").equals("m.room.member")) {
      membership(site, event.path("room_id").asText(""), event);
    }
    events.take(site, event);
  }

  private void membership(Site site, String room, JsonNode event) {
    String user = event.path("state_key").asText("");
    if (room.isEmpty() || room.length() > LONGEST_ID) {
      return;
    }
    if (!user.startsWith("@") || user.length() > LONGEST_ID) {
      return;
    }
    switch (event.path("content").path("membership").asText("")) {
      case "leave", "ban" -> {
        // The homeserver took the user's membership with it: a leave has no place left.
        leaves.kicked(site, room, user);
        var unused = removed.remove(site, room, user);
      }
      case "join" -> removed.readmit(site, room, user);
      default -> {}
    }
  }
}
