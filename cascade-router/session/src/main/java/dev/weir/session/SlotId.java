package dev.weir.session;

/** One MatrixRTC session: a slot of a room. */
public record SlotId(String roomId, String slotId) implements Comparable<SlotId> {
  /** The slot of every client that knows no slots. */
  public static final String ROOM_CALL = "m.call#ROOM";

  public SlotId {
    if (roomId.isEmpty() || slotId.isEmpty()) {
      throw new IllegalArgumentException("a slot has a room id and a slot id");
    }
  }

  public static SlotId ofRoomCall(String roomId) {
    return new SlotId(roomId, ROOM_CALL);
  }

  @Override
  public int compareTo(SlotId other) {
    int byRoom = CodePoints.compare(roomId, other.roomId);
    return byRoom != 0 ? byRoom : CodePoints.compare(slotId, other.slotId);
  }
}
