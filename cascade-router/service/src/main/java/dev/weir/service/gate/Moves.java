package dev.weir.service.gate;

import dev.weir.session.move.Cause;
import dev.weir.session.move.Outcome;
import java.util.concurrent.CompletionStage;

/** Moving rooms on demand. */
public interface Moves {

  /** Moves one room off the node that it is on; completes when everybody was told, or it failed. */
  CompletionStage<Outcome> move(RoomKey room, Cause cause);

  /**
   * Moves all rooms off a node that is drained; to be called again until nothing is left.
   *
   * @param roomsPerMinute so many begin to move in a minute at most; 0: as many as is good
   */
  Progress drain(String node, int roomsPerMinute);

  /** Forgets the planned moves off a node that have not begun. */
  void stopEmptying(String node);

  /**
   * Moves of a node.
   *
   * @param started rooms that are moving now
   * @param waiting rooms whose turn has not come
   */
  record Progress(int started, int waiting) {}
}
