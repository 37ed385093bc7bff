package dev.weir.service.gate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which node holds a room: the placement map of the site, shared by all replicas. Bound to the
 * router's slots by the service. Calls may block; they are made on virtual threads.
 */
public interface RoomPlaces {

  /**
   * A room's place.
   *
   * @param epoch rises by one with every switch of the room; what belongs to a lower one is old
   */
  record Placed(String node, long epoch) {}

  Optional<Placed> current(RoomKey room);

  /** The place of the room; chosen now when it has none yet. */
  Placed place(RoomKey room);

  /**
   * Where one client of the room belongs: where it is already, else where there is space. Most
   * rooms are in one place; one that outgrew its node, or whose node is being emptied, has a
   * second.
   */
  default Placed placeOf(RoomKey room, String identity) {
    return place(room);
  }

  /** Whether clients cannot stay there: the room has left that place for another. */
  default boolean isOver(RoomKey room, Placed placed) {
    return current(room).filter(now -> now.epoch() > placed.epoch()).isPresent();
  }

  /** The room's place on a node, if it has one there. */
  default Optional<Placed> at(RoomKey room, String node) {
    return current(room).filter(placed -> placed.node().equals(node));
  }

  /**
   * Switches the place of that epoch, for everybody at once, unless somebody else has switched it
   * before.
   */
  Optional<Placed> switchTo(RoomKey room, long expectedEpoch, String node);

  /**
   * A node that may take the room.
   *
   * @param notThese where it must not go: where it is, and nodes that are dead or on probation
   */
  Optional<String> target(RoomKey room, Set<String> notThese);

  List<RoomKey> roomsOn(String node);

  /** Tells every replica of every change of a room's places; also of those that others made. */
  void onChange(Consumer<RoomKey> listener);
}
