package dev.weir.session.move;

/** What is to be done next. Each may be asked for more than once, and must bear it. */
public sealed interface MoveAction {

  /** Make the room on the node; answer RoomMade or RoomNotMade. */
  record MakeRoom(String node) implements MoveAction {}

  /** Bring the members of other sites to the new place; answer RemotesReady. */
  record WelcomeRemotes(String node) implements MoveAction {}

  /**
   * Switch the route. Answer Switched also when it already points to this node at {@code
   * expectedEpoch + 1}: then it was this very move that did it. Else SwitchLost.
   */
  record Switch(long expectedEpoch, String node) implements MoveAction {}

  /** Have every client of an older place epoch told to join again. */
  record TellClients(long epoch) implements MoveAction {}

  /** Count who has not come over; answer Counted. */
  record CountMissing(String node) implements MoveAction {}

  /** Take the relay's sessions off the node; answer OldPlaceClosed. */
  record CloseRemotes(String node) implements MoveAction {}

  /** Say that the move is over. */
  record Finish(Outcome outcome) implements MoveAction {}
}
