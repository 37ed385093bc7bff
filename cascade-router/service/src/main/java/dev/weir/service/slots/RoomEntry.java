package dev.weir.service.slots;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.weir.session.Room;
import dev.weir.session.SlotId;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.placement.Part;
import dev.weir.session.placement.Placement;
import java.time.Instant;
import java.util.List;

/**
 * What a LiveKit room is for, and where it is.
 *
 * @param used when somebody last was sent there
 */
public record RoomEntry(SlotId slot, Room room, Placement placement, Instant used) {
  RoomEntry with(Placement value) {
    return new RoomEntry(slot, room, value, used);
  }

  RoomEntry usedAt(Instant value) {
    return new RoomEntry(slot, room, placement, value);
  }

  /** Nodes that may have the room. */
  @JsonIgnore
  public List<String> nodes() {
    return placement.parts().stream()
        .filter(part -> part.state() != Part.State.GONE)
        .map(Part::node)
        .distinct()
        .toList();
  }

  /** One of two that halves of a cut cluster came to: all places of both. */
  RoomEntry reunited(RoomEntry other) {
    return new RoomEntry(
        slot, room, placement.merge(other.placement), used.isAfter(other.used) ? used : other.used);
  }

  byte[] write() {
    return SessionCodec.write(this);
  }

  static RoomEntry read(byte[] bytes) {
    return SessionCodec.read(bytes, RoomEntry.class);
  }
}
