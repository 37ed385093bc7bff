package dev.weir.service.gate;

import java.util.concurrent.CompletionStage;

/** Sees to it that a room has a living place after a connection to it was lost. */
@FunctionalInterface
interface RoomRescue {

  /**
   * Looks after a room.
   *
   * @param node where the connection was lost
   * @return true once clients may join again; false when that cannot be brought about now
   */
  CompletionStage<Boolean> rescue(RoomKey room, String node, Conduit.Loss loss);
}
