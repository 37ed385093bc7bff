package dev.weir.service.gate;

import dev.weir.session.move.Cause;
import dev.weir.session.move.Outcome;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the gate offers to the rest of the router; without a gate nothing moves and all is well. */
@Singleton
public class GateBeans implements Moves, NodeHealth {

  private final GateRoutes gate;

  @Inject
  GateBeans(GateRoutes gate) {
    this.gate = gate;
  }

  @Override
  public CompletionStage<Outcome> move(RoomKey room, Cause cause) {
    return gate.house()
        .map(house -> house.mover().move(room, cause))
        .orElseGet(() -> CompletableFuture.completedFuture(Outcome.WITHDRAWN));
  }

  @Override
  public Progress drain(String node, int roomsPerMinute) {
    return gate.house()
        .map(house -> house.mover().drain(node, roomsPerMinute))
        .orElse(new Progress(0, 0));
  }

  @Override
  public void stopEmptying(String node) {
    gate.house().ifPresent(house -> house.mover().stopEmptying(node));
  }

  @Override
  public boolean takesRooms(String node) {
    return gate.house().map(house -> house.lookout().takesRooms(node)).orElse(true);
  }

  @Override
  public boolean takesMoves(String node) {
    return gate.house().map(house -> house.lookout().takesMoves(node)).orElse(true);
  }

  @Override
  public boolean down(String node) {
    return gate.house().map(house -> house.lookout().down(node)).orElse(false);
  }
}
