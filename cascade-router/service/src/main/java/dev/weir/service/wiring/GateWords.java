package dev.weir.service.wiring;

import dev.weir.service.gate.RoomPlaces.Placed;
import dev.weir.service.slots.RoomKey;
import dev.weir.session.Site;
import dev.weir.session.placement.Part;

/** The same room and place in the words of both sides. */
final class GateWords {
  private GateWords() {}

  static RoomKey router(dev.weir.service.gate.RoomKey room) {
    return new RoomKey(Site.of(room.site()), room.room());
  }

  static dev.weir.service.gate.RoomKey gate(RoomKey room) {
    return new dev.weir.service.gate.RoomKey(room.site().name(), room.room());
  }

  static Placed placed(Part part) {
    return new Placed(part.node(), part.epoch());
  }
}
