package dev.weir.service.wiring;

import dev.weir.service.gate.RoomKey;
import dev.weir.service.gate.RoomPlaces;
import dev.weir.service.slots.RoomEntry;
import dev.weir.service.slots.Rooms;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** The router's rooms as the gate asks for them. */
@Singleton
final class GatePlaces implements RoomPlaces {
  private final Rooms rooms;

  GatePlaces(Rooms rooms) {
    this.rooms = rooms;
  }

  @Override
  public Optional<Placed> current(RoomKey room) {
    return rooms
        .glance(GateWords.router(room))
        .flatMap(entry -> entry.placement().primary())
        .map(GateWords::placed);
  }

  @Override
  public Placed place(RoomKey room) {
    RoomEntry entry =
        rooms
            .find(GateWords.router(room))
            .orElseThrow(() -> new NoSuchElementException("a room that nobody asked a token for"));
    return entry
        .placement()
        .primary()
        .or(() -> rooms.place(GateWords.router(room).site(), entry.slot(), entry.room()))
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
  public void onSwitch(BiConsumer<RoomKey, Placed> listener) {
    Map<RoomKey, Placed> last = new ConcurrentHashMap<>();
    rooms.onChange(
        (key, entry) -> {
          RoomKey room = GateWords.gate(key);
          Optional<Placed> now = entry.placement().primary().map(GateWords::placed);
          if (now.isEmpty()) {
            last.remove(room);
            return;
          }
          Placed before = last.put(room, now.get());
          if (before != null && !before.equals(now.get())) {
            listener.accept(room, now.get());
          }
        });
  }
}
