package dev.weir.service.wiring;

import dev.weir.service.gate.MoveWitness;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.slots.Rooms;
import dev.weir.service.slots.Slots;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.SlotEvent;
import jakarta.inject.Singleton;

/**
 * Tells the slots of moves, so that legs follow a room and do not bridge its two places, and of
 * clients that are at a partner for a time.
 */
@Singleton
final class MovesInSlots implements MoveWitness {
  private final Rooms rooms;
  private final Slots slots;
  private final AnnexClients clients;

  MovesInSlots(Rooms rooms, Slots slots, AnnexClients clients) {
    this.rooms = rooms;
    this.slots = slots;
    this.clients = clients;
  }

  @Override
  public void moving(RoomKey room, String from, String to, boolean switched) {
    var key = GateWords.router(room);
    rooms
        .find(key)
        .ifPresent(
            entry ->
                slots.apply(
                    key.site(),
                    entry.slot(),
                    new SlotEvent.Moving(new RoomMove(entry.room(), from, to, switched))));
  }

  @Override
  public void bound(RoomKey room, String identity, boolean elsewhere) {
    var key = GateWords.router(room);
    Thread.startVirtualThread(
        () ->
            clients
                .find(key, identity)
                .ifPresent(
                    client ->
                        slots.apply(
                            key.site(),
                            client.slot(),
                            new SlotEvent.BoundElsewhere(
                                client.annex(), client.member().client(), elsewhere))));
  }

  @Override
  public void ended(RoomKey room, String from, String to, boolean moved) {
    var key = GateWords.router(room);
    rooms
        .find(key)
        .ifPresent(
            entry -> slots.apply(key.site(), entry.slot(), new SlotEvent.MoveEnded(entry.room())));
  }
}
