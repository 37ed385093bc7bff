package dev.weir.service.slots;

import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.RoomNames;
import dev.weir.session.placement.Part;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Sees to it that a room exists where it is placed. */
@Singleton
public final class RoomMaker {
  private final Rooms rooms;
  private final Fleet fleet;

  RoomMaker(Rooms rooms, Fleet fleet) {
    this.rooms = rooms;
    this.fleet = fleet;
  }

  /** No node has the room, or can. */
  public static final class NoRoom extends Exception {
    private static final long serialVersionUID = 1;

    NoRoom(String message) {
      super(message);
    }

    NoRoom(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Places the room for a client that gets a token, and makes it there; blocks. */
  public Part make(Site site, SlotId slot, Room room, String identity) throws NoRoom {
    Part part =
        rooms
            .placeForToken(site, slot, room, identity)
            .orElseThrow(() -> new NoRoom("no node takes the room"));
    makeAt(part.node(), slot, room);
    return part;
  }

  /** Makes the room at one node; doing it twice is doing it once. */
  public void makeAt(String node, SlotId slot, Room room) throws NoRoom {
    Optional<SfuClient> client = fleet.client(node);
    if (client.isEmpty()) {
      throw new NoRoom("the node is no longer configured");
    }
    try {
      var unused =
          client.get().createRoom(RoomNames.of(slot, room), new RoomLabel(slot, room).write());
    } catch (SfuFailure e) {
      throw new NoRoom("the node did not make the room", e);
    }
  }
}
