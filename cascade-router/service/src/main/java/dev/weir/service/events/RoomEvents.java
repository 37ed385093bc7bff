package dev.weir.service.events;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.slots.Slots;
import dev.weir.session.Client;
import dev.weir.session.Member;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.converge.Convergence;
import dev.weir.session.converge.Membership;
import dev.weir.session.converge.MembershipEvents;
import dev.weir.session.converge.Roster;
import dev.weir.session.converge.SlotStatus;
import dev.weir.session.slot.Declared;
import dev.weir.session.slot.SlotEvent;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes the events that a homeserver sends to its application service. With them a client is known
 * for what it is as soon as it says so, instead of by what it leaves undone for six seconds. Taking
 * an event twice is taking it once.
 */
@Singleton
public final class RoomEvents {
  private static final int LONGEST_ID = 512;

  private final Configuration configuration;
  private final Slots slots;
  private final ClosedSlots closed;
  private final Memory memory;
  private final InstantSource clock;

  /** One of our clients in a slot. */
  private record Place(SlotId slot, Client client) {}

  RoomEvents(
      Configuration configuration,
      Slots slots,
      ClosedSlots closed,
      Memory memory,
      InstantSource clock) {
    this.configuration = configuration;
    this.slots = slots;
    this.closed = closed;
    this.memory = memory;
    this.clock = clock;
  }

  /**
   * Takes one event of a room that the site's homeserver is in; what concerns no call is left
   * alone. Blocks for the shared memory.
   */
  public void take(Site site, JsonNode event) {
    Optional<HomeSite> home = configuration.current().find(site);
    String room = id(event, "room_id");
    String sender = id(event, "sender");
    if (home.isEmpty() || room.isEmpty() || sender.isEmpty()) {
      return;
    }
    switch (event.path("type").asText()) {
      case MembershipEvents.LEGACY_TYPE,
          MembershipEvents.RTC_TYPE,
          MembershipEvents.RTC_TYPE_STABLE ->
          learn(home.get(), room, memory.put(site, room, sender, event));
      case SlotStatus.TYPE, SlotStatus.TYPE_STABLE -> status(site, room, event);
      case "m.room.member" -> {
        String user = id(event, "state_key");
        boolean there = event.path("content").path("membership").asText().equals("join");
        if (!there && !user.isEmpty()) {
          learn(home.get(), room, memory.forget(site, room, user));
        }
      }
      default -> {}
    }
  }

  private static String id(JsonNode event, String field) {
    JsonNode value = event.path(field);
    return value.isTextual()
            && value.textValue().length() <= LONGEST_ID
            && value.textValue().indexOf('\n') < 0
        ? value.textValue()
        : "";
  }

  private void status(Site site, String room, JsonNode event) {
    String name = id(event, "state_key");
    if (!name.isEmpty()) {
      closed.set(site, new SlotId(room, name), SlotStatus.read(event, name) == SlotStatus.CLOSED);
    }
  }

  private void learn(HomeSite home, String room, Memory.Change change) {
    Map<Place, Declared> before = declared(home, room, change.before());
    Map<Place, Declared> after = declared(home, room, change.after());
    before.keySet().stream()
        .filter(place -> !after.containsKey(place))
        .forEach(place -> declare(home.site(), place, Declared.UNKNOWN));
    after.forEach((place, declared) -> declare(home.site(), place, declared));
  }

  private void declare(Site site, Place place, Declared declared) {
    slots.apply(site, place.slot(), new SlotEvent.Declares(place.client(), declared));
  }

  /** What our own users' clients say; those of other sites are their sites' to judge. */
  private static Map<Place, Declared> declared(
      HomeSite home, String room, List<Membership> memberships) {
    Map<Place, Declared> all = new HashMap<>();
    for (Membership membership : memberships) {
      boolean named = !membership.device().isEmpty() || !membership.memberId().isEmpty();
      if (named) {
        Member member = new Member(membership.user(), membership.device(), membership.memberId());
        if (home.hosts(member.server())) {
          all.put(
              new Place(new SlotId(room, membership.slotId()), member.client()),
              declared(membership));
        }
      }
    }
    return all;
  }

  private static Declared declared(Membership membership) {
    return switch (membership.selection()) {
      case OLDEST_MEMBERSHIP, FULL_MESH_INTO_LIVEKIT -> Declared.LEGACY;
      case MULTI_SFU, OWN_TRANSPORT -> Declared.MULTI_SFU;
      case FOCI_ACTIVE, FULL_MESH, UNKNOWN -> Declared.UNKNOWN;
    };
  }

  /** The focus that each member computes, as its events say; empty where none are read. */
  public List<Convergence.Decision> decisions(Site site, SlotId slot) {
    SlotStatus status = closed.isClosed(site, slot) ? SlotStatus.CLOSED : SlotStatus.ABSENT;
    return Convergence.explain(
        Roster.of(slot, status, memory.in(site, slot.roomId()), user -> true, clock.instant()));
  }
}
