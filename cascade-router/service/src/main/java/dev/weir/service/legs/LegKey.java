package dev.weir.service.legs;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.name.RoomNames;

/** One leg of one of our sites: one for each source, whatever number of rooms it feeds. */
public record LegKey(Site self, SlotId slot, Spot source) {
  /** Stable, and without a room or user id in it: LiveKit names rooms by a hash. */
  public String id() {
    return self.name() + "<-" + source.place() + "/" + RoomNames.of(slot, source.room());
  }
}
