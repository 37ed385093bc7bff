package dev.weir.session.slot;

import dev.weir.session.Attachment;
import java.util.HashSet;
import java.util.Set;

/** Who is between its leave at the old node of a room that moves and its join at the new one. */
final class Travellers {
  private Travellers() {}

  /** Only once the room's route points to the new node is a leave the beginning of a journey. */
  static SlotState followed(SlotState before, SlotState after) {
    if (after.moves().isEmpty() && after.travellers().isEmpty()) {
      return after;
    }
    Set<Attachment> travellers = new HashSet<>(after.travellers());
    travellers.addAll(before.attachments().values());
    travellers.removeIf(one -> !isOnTheWay(after, one));
    return travellers.equals(after.travellers()) ? after : after.withTravellers(travellers);
  }

  private static boolean isOnTheWay(SlotState state, Attachment one) {
    if (state.attachments().containsKey(one.key())) {
      return false;
    }
    for (RoomMove move : state.moves()) {
      if (move.switched() && move.room().equals(one.room()) && move.from().equals(one.node())) {
        return !state.attachments().containsKey(one.key().at(move.to()));
      }
    }
    return false;
  }
}
