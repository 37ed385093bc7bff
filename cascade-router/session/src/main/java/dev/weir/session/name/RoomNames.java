package dev.weir.session.name;

import dev.weir.session.Room;
import dev.weir.session.SlotId;

/** Names of LiveKit rooms. The home room's is the one that every deployed service computes. */
public final class RoomNames {
  private RoomNames() {}

  public static String of(SlotId slot, Room room) {
    return switch (room.kind()) {
      case HOME -> Hashes.of(slot.roomId(), slot.slotId());
      case VIEW -> annex("weir.annex.view", slot, room);
      case GUEST -> annex("weir.annex.guest", slot, room);
    };
  }

  private static String annex(String purpose, SlotId slot, Room room) {
    return Hashes.of(purpose, slot.roomId(), slot.slotId(), room.focus().name());
  }
}
