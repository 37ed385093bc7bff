package dev.weir.service.wiring;

import dev.weir.service.delegation.Delegations;
import dev.weir.service.gate.MoveWitness;
import dev.weir.service.gate.RoomKey;
import jakarta.inject.Singleton;

/** Leaves on a place that a room moves away from are no evidence. */
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
  public void ended(RoomKey room, String from, String to, boolean moved) {
    // The grace of the move's start covers what its end leaves behind.
  }
}
