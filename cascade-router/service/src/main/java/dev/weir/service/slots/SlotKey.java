package dev.weir.service.slots;

import dev.weir.session.Site;
import dev.weir.session.SlotId;

/** A slot at one of our sites, as a key of the shared maps. */
public record SlotKey(Site site, SlotId slot) {
  static SlotKey parse(String text) {
    String[] parts = text.split("\n", 3);
    int length = Integer.parseInt(parts[1]);
    return new SlotKey(
        Site.of(parts[0]),
        new SlotId(parts[2].substring(0, length), parts[2].substring(length + 1)));
  }

  /** Whatever characters clients put into ids, two slots never have one key. */
  @Override
  public String toString() {
    String room = slot.roomId();
    return site.name() + "\n" + room.length() + "\n" + room + "\n" + slot.slotId();
  }
}
