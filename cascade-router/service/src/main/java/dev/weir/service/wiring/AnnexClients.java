package dev.weir.service.wiring;

import dev.weir.service.slots.Expectations;
import dev.weir.service.slots.Expected;
import dev.weir.service.slots.RoomEntry;
import dev.weir.service.slots.RoomKey;
import dev.weir.service.slots.Rooms;
import dev.weir.service.slots.Slots;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.SlotId;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;

/** Who a client of an annex is, by the identity that it has there. */
@Singleton
final class AnnexClients {
  private final Rooms rooms;
  private final Slots slots;
  private final Expectations expectations;

  AnnexClients(Rooms rooms, Slots slots, Expectations expectations) {
    this.rooms = rooms;
    this.slots = slots;
    this.expectations = expectations;
  }

  /** One member in one annex. */
  record AnnexClient(SlotId slot, Room annex, Member member) {
    Role role() {
      return annex.kind() == Room.Kind.GUEST ? Role.GUEST : Role.VIEW;
    }
  }

  /** Empty for rooms that are no annexes, and for people whom we have given no token. Blocks. */
  Optional<AnnexClient> find(RoomKey key, String identity) {
    return rooms
        .find(key)
        .filter(entry -> entry.room().kind() != Room.Kind.HOME)
        .flatMap(
            entry ->
                expectations
                    .who(key, identity, Map.of())
                    .map(Expected::member)
                    .or(() -> attached(key, entry, identity))
                    .map(member -> new AnnexClient(entry.slot(), entry.room(), member)));
  }

  private Optional<Member> attached(RoomKey key, RoomEntry entry, String identity) {
    return slots
        .find(key.site(), entry.slot())
        .flatMap(
            state ->
                state.attachments().values().stream()
                    .filter(a -> a.room().equals(entry.room()) && a.identity().equals(identity))
                    .map(Attachment::member)
                    .findFirst());
  }
}
