package dev.weir.service.gate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Who has knocked last, at whichever replica: of two connections of one person the older one ends,
 * and must not be told to come back. Event loops tell and ask, so nothing here may block.
 */
public interface Newcomers {

  void knocked(RoomKey room, String identity, long order);

  /** The knock came to nothing, or its connection has ended: it throws nobody out any more. */
  void tookBack(RoomKey room, String identity, long order);

  CompletionStage<Boolean> knockedAfter(RoomKey room, String identity, long order);

  /** For a router of one replica, whose own connections say it all. */
  Newcomers NONE_ELSEWHERE =
      new Newcomers() {
        @Override
        public void knocked(RoomKey room, String identity, long order) {
          // Its own registry knows.
        }

        @Override
        public void tookBack(RoomKey room, String identity, long order) {
          // Its own registry knows.
        }

        @Override
        public CompletionStage<Boolean> knockedAfter(RoomKey room, String identity, long order) {
          return CompletableFuture.completedFuture(false);
        }
      };
}
