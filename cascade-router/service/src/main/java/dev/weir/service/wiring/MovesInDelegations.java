package dev.weir.service.wiring;

import dev.weir.service.delegation.Delegations;
import dev.weir.service.gate.MoveWitness;
import dev.weir.service.gate.RoomKey;
import dev.weir.session.delegation.Evidence;
import jakarta.inject.Singleton;

/**
 * Leaves on a place that a room moves away from are no evidence, and neither are those at a node
 * that was silent, and those of a client whose signalling has been bound to a partner.
 */
@Singleton
final class MovesInDelegations implements MoveWitness {
  private final Delegations delegations;

  MovesInDelegations(Delegations delegations) {
    this.delegations = delegations;
  }

  @Override
  public void moving(RoomKey room, String from, String to, boolean switched) {
    delegations.roomMoving(room.room(), from);
  }

  @Override
  public void silent(String node) {
    delegations.nodeSilent(node);
  }

  @Override
  public void goingElsewhere(RoomKey room, String node) {
    delegations.roomMoving(room.room(), node);
  }

  @Override
  public void bound(RoomKey room, String identity, boolean elsewhere) {
    Thread.startVirtualThread(
        () ->
            delegations.hear(
                room.site(), new Evidence.BoundElsewhere(room.room(), identity, elsewhere)));
  }

  @Override
  public void ended(RoomKey room, String from, String to, boolean moved) {
    // The grace of the move's start covers what its end leaves behind.
  }
}
