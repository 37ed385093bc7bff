package dev.weir.service.appservice;

import com.fasterxml.jackson.databind.JsonNode;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.config.HomeSite;
import dev.weir.service.delegation.Delegations;
import dev.weir.service.events.RoomEvents;
import dev.weir.service.slots.Removed;
import dev.weir.session.Site;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/**
 * Events that a homeserver sends its application service. Who left a room or was banned from it is
 * removed from the room's calls; what membership events say about how a client picks its focus is
 * noted. A homeserver sends a transaction again until it is answered, so its id counts once.
 */
@Singleton
public final class Transactions {
  private static final long REMEMBERED_HOURS = 24;

  private final IMap<String, Boolean> done;
  private final Removed removed;
  private final RoomEvents calls;
  private final Delegations delegations;
  private final MeterRegistry meters;

  Transactions(
      HazelcastInstance hazelcast,
      Removed removed,
      RoomEvents calls,
      Delegations delegations,
      MeterRegistry meters) {
    this.done = hazelcast.getMap("weir.transactions");
    this.removed = removed;
    this.calls = calls;
    this.delegations = delegations;
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
    String room = event.path("room_id").asText("");
    if (!room.isEmpty() && event.path("type").asText("").equals("m.room.member")) {
      membership(site, room, event);
    }
    calls.take(site, event);
  }

  private void membership(Site site, String room, JsonNode event) {
    String user = event.path("state_key").asText("");
    switch (event.path("content").path("membership").asText("")) {
      case "leave", "ban" -> {
        // The homeserver took the user's membership with it; a leave of the member has no place left.
        delegations.kicked(site.name(), room, user);
        var unused = removed.remove(site, room, user);
      }
      case "join" -> removed.readmit(site, room, user);
      default -> {}
    }
  }
}
