package dev.weir.session.move;

/** What happens to a move. An event that does not fit the phase is late or doubled: no effect. */
public sealed interface MoveEvent {

  /** Begin, or take over from a replica that was lost: the actions of the phase, once more. */
  record Resume() implements MoveEvent {}

  /** The room exists on the new node. */
  record RoomMade() implements MoveEvent {}

  /** The new node did not make the room. */
  record RoomNotMade() implements MoveEvent {}

  /** The relay has brought whom it could. */
  record RemotesReady() implements MoveEvent {}

  /** The route points to the new node. */
  record Switched() implements MoveEvent {}

  /** Somebody else has switched the room meanwhile. */
  record SwitchLost() implements MoveEvent {}

  /** So many of those who were in the room have not come over yet. */
  record Counted(int missing) implements MoveEvent {}

  /** The relay has left the old place. */
  record OldPlaceClosed() implements MoveEvent {}

  /** The move is not wanted any more. */
  record Withdrawn() implements MoveEvent {}

  /** The new node died. */
  record TargetLost() implements MoveEvent {}

  /** Time has passed. */
  record Tick() implements MoveEvent {}
}
