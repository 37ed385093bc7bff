package dev.weir.service.wiring;

import dev.weir.service.gate.RoomKey;
import dev.weir.service.gate.RoomPlaces;
import dev.weir.service.peering.PullIdentity;
import dev.weir.service.slots.RoomEntry;
import dev.weir.service.slots.Rooms;
import dev.weir.service.slots.Slots;
import dev.weir.session.Attachment;
import dev.weir.session.placement.Part;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The router's rooms as the gate asks for them. */
@Singleton
final class GatePlaces implements RoomPlaces {
  private final Rooms rooms;
  private final Slots slots;

  GatePlaces(Rooms rooms, Slots slots) {
    this.rooms = rooms;
    this.slots = slots;
  }

  @Override
  public Optional<Placed> current(RoomKey room) {
    return rooms
        .glance(GateWords.router(room))
        .flatMap(entry -> entry.placement().primary())
        .map(GateWords::placed);
  }

  @Override
  public boolean isOver(RoomKey room, Placed placed) {
    return rooms
        .glance(GateWords.router(room))
        .filter(entry -> entry.placement().isOver(placed.node(), placed.epoch()))
        .isPresent();
  }

  @Override
  public Optional<Placed> at(RoomKey room, String node) {
    return rooms
        .find(GateWords.router(room))
        .flatMap(entry -> entry.placement().at(node))
        .map(GateWords::placed);
  }

  @Override
  public Placed placeOf(RoomKey room, String identity) {
    RoomEntry entry = known(room);
    return nodeOf(room, entry, identity)
        .flatMap(node -> entry.placement().at(node))
        .or(() -> placeOfPull(entry, identity))
        .or(() -> rooms.open(GateWords.router(room), entry))
        .or(() -> placeNow(room, entry, identity))
        // Full everywhere: better one too many than a member of the call left outside.
        .or(() -> entry.placement().primary())
        .map(GateWords::placed)
        .orElseThrow(() -> new NoSuchElementException("no node takes the room"));
  }

  /**
   * Who pulls goes where the people are, also while that node is full or being emptied: at a place
   * that was made for it there is nobody to be pulled.
   */
  private static Optional<Part> placeOfPull(RoomEntry entry, String identity) {
    return PullIdentity.isOne(identity) ? entry.placement().primary() : Optional.empty();
  }

  /** Who comes back to a room of several parts comes back to where it was. */
  private Optional<String> nodeOf(RoomKey room, RoomEntry entry, String identity) {
    if (entry.placement().live().size() < 2) {
      return Optional.empty();
    }
    return slots
        .find(GateWords.router(room).site(), entry.slot())
        .flatMap(
            state ->
                state.attachments().keySet().stream()
                    .filter(key -> key.room().equals(entry.room()))
                    .filter(key -> key.identity().equals(identity))
                    .map(Attachment.Key::node)
                    .findFirst());
  }

  private Optional<Part> placeNow(RoomKey room, RoomEntry entry, String identity) {
    return rooms.place(GateWords.router(room).site(), entry.slot(), entry.room(), identity);
  }

  private RoomEntry known(RoomKey room) {
    return rooms
        .find(GateWords.router(room))
        .orElseThrow(() -> new NoSuchElementException("a room that nobody asked a token for"));
  }

  @Override
  public Placed place(RoomKey room) {
    RoomEntry entry = known(room);
    return entry
        .placement()
        .primary()
        .or(() -> placeNow(room, entry, ""))
        .map(GateWords::placed)
        .orElseThrow(() -> new NoSuchElementException("no node takes the room"));
  }

  @Override
  public Optional<Placed> switchTo(RoomKey room, long expectedEpoch, String node) {
    return rooms.switchTo(GateWords.router(room), expectedEpoch, node).map(GateWords::placed);
  }

  @Override
  public Optional<String> target(RoomKey room, Set<String> notThese) {
    return rooms.target(GateWords.router(room), notThese);
  }

  @Override
  public List<RoomKey> roomsOn(String node) {
    return rooms.roomsOn(node).stream().map(GateWords::gate).toList();
  }

  @Override
  public void onChange(Consumer<RoomKey> listener) {
    rooms.onChange((key, entry) -> listener.accept(GateWords.gate(key)));
  }
}
