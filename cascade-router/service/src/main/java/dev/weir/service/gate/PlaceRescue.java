package dev.weir.service.gate;

import dev.weir.session.move.Cause;
import dev.weir.session.move.NodeWatch.Verdict;
import dev.weir.session.move.Outcome;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Finds out what a lost connection means, and gets the room a living place.
 *
 * <ul>
 *   <li>A fatal leave from a node that lives: the room is made anew where it is.
 *   <li>A node that says it shuts down: the room moves, whatever else the node still answers.
 *   <li>A broken connection: the node is looked at. Alive: the room stays. Dead: it moves.
 * </ul>
 */
final class PlaceRescue implements RoomRescue {

  private static final Logger LOG = Logger.getLogger(PlaceRescue.class);

  /** Together about as long as a client's WebSocket is kept open without a backend. */
  private static final int TRIES = 40;

  private static final long PAUSE_MILLIS = 300;

  private final RoomPlaces places;
  private final Nodes nodes;
  private final Lookout lookout;
  private final Mover mover;
  private final Executor blocking;

  PlaceRescue(RoomPlaces places, Nodes nodes, Lookout lookout, Mover mover, Executor blocking) {
    this.places = places;
    this.nodes = nodes;
    this.lookout = lookout;
    this.mover = mover;
    this.blocking = blocking;
  }

  @Override
  public CompletionStage<Boolean> rescue(RoomKey room, String node, Conduit.Loss loss) {
    LOG.debugf(
        "event=connection_lost room=%s node=%s loss=%s",
        MoveFigures.shortened(room.room()), node, loss);
    CompletionStage<Boolean> rescued =
        switch (loss) {
          case FATAL_LEAVE -> CompletableFuture.supplyAsync(() -> madeWhereItIs(room), blocking);
          case NODE_LEAVING -> elsewhere(room, node);
          case BROKEN -> CompletableFuture.completedFuture(false);
        };
    return rescued.thenCompose(
        done -> done ? CompletableFuture.completedFuture(true) : untilItHasOne(room, node, TRIES));
  }

  /** A node may die just after it was found alive, and a room may find no new node at once. */
  private CompletionStage<Boolean> untilItHasOne(RoomKey room, String node, int tries) {
    return examined(room, node)
        .thenCompose(
            done -> {
              if (done || tries <= 1) {
                return CompletableFuture.completedFuture(done);
              }
              Executor later =
                  CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS, blocking);
              return CompletableFuture.runAsync(() -> {}, later)
                  .thenCompose(rested -> untilItHasOne(room, node, tries - 1));
            });
  }

  private CompletionStage<Boolean> examined(RoomKey room, String node) {
    Optional<Nodes.Node> there = nodes.find(node);
    if (there.isEmpty()) {
      return elsewhere(room, node);
    }
    return lookout
        .examine(node, there.get().signalling())
        .toCompletionStage()
        .thenCompose(
            verdict ->
                verdict == Verdict.DOWN
                    ? elsewhere(room, node)
                    : CompletableFuture.supplyAsync(() -> madeWhereItIs(room), blocking));
  }

  private boolean madeWhereItIs(RoomKey room) {
    return nodes
        .find(places.place(room).node())
        .map(there -> nodes.createRoom(there, room) == Nodes.RoomMade.YES)
        .orElse(false);
  }

  /** Moved by us or by somebody else: either way there is a place to go to. */
  private CompletionStage<Boolean> elsewhere(RoomKey room, String node) {
    return mover
        .offer(room, node, Cause.NODE_LOST)
        .thenApply(outcome -> outcome.moved() || outcome == Outcome.OVERTAKEN);
  }
}
