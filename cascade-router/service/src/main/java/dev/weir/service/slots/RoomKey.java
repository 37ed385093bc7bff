package dev.weir.service.slots;

import dev.weir.session.Site;

/** A LiveKit room of one of our sites, by the name that it has on the nodes. */
public record RoomKey(Site site, String room) {
  static RoomKey parse(String text) {
    int end = text.indexOf('\n');
    return new RoomKey(Site.of(text.substring(0, end)), text.substring(end + 1));
  }

  @Override
  public String toString() {
    return site.name() + "\n" + room;
  }
}
