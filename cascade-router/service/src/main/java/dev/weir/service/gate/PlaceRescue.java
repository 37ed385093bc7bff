package dev.weir.service.gate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Makes sure of the room where it is placed. */
final class PlaceRescue implements RoomRescue {

  private final RoomPlaces places;
  private final Nodes nodes;
  private final Executor blocking;

  PlaceRescue(RoomPlaces places, Nodes nodes, Executor blocking) {
    this.places = places;
    this.nodes = nodes;
    this.blocking = blocking;
  }

  @Override
  public CompletionStage<Boolean> rescue(RoomKey room, String node, Conduit.Loss loss) {
    return CompletableFuture.supplyAsync(
        () ->
            nodes
                .find(places.place(room).node())
                .map(there -> nodes.createRoom(there, room) == Nodes.RoomMade.YES)
                .orElse(false),
        blocking);
  }
}
