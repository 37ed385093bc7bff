package dev.weir.service.slots;

import dev.weir.session.Site;
import dev.weir.session.SlotId;

/** A slot at one of our sites, as a key of the shared maps. */
record SlotKey(Site site, SlotId slot) {
  static SlotKey parse(String text) {
    String[] parts = text.split("\n", 3);
    return new SlotKey(Site.of(parts[0]), new SlotId(parts[1], parts[2]));
  }

  @Override
  public String toString() {
    return site.name() + "\n" + slot.roomId() + "\n" + slot.slotId();
  }
}
