package dev.weir.service.gate;

/**
 * Who has knocked last, at whichever replica: of two connections of one person the older one ends,
 * and must not be told to come back.
 */
public interface Newcomers {

  /** Must not block. */
  void knocked(RoomKey room, String identity, long order);

  boolean knockedAfter(RoomKey room, String identity, long order);

  /** For a router of one replica, whose own connections say it all. */
  Newcomers NONE_ELSEWHERE =
      new Newcomers() {
        @Override
        public void knocked(RoomKey room, String identity, long order) {
          // Its own registry knows.
        }

        @Override
        public boolean knockedAfter(RoomKey room, String identity, long order) {
          return false;
        }
      };
}
