package dev.weir.service.admin;

import java.util.Optional;

/** Moves rooms between nodes under live calls. */
public interface RoomMover {
  /** How many rooms began to move by this call, and how many are still on the node. */
  record Progress(int started, int waiting) {}

  /**
   * Begins to move one room, or all rooms of the node, smallest first; calling it again goes on with
   * what is left.
   *
   * @param roomsPerMinute zero for the router's own pace
   */
  Progress moveOff(String node, Optional<String> room, int roomsPerMinute);
}
