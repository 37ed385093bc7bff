package dev.weir.service.gate;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Hands this gate's clients to the other replicas before it goes: tells them to join again, paced,
 * and stays until they have. A legacy client never opens a lost WebSocket again, so closing without
 * a word would lose it.
 *
 * <p>Without another replica the connections are closed at once, as a service that restarts: media
 * goes on without signalling, and a client that finds the gate back within its patience (45 s for
 * newer ones) does not even lose a frame. Staying for them would only make it longer.
 */
final class HandOver {

  private static final int AT_ONCE = 25;
  private static final long BEAT_MILLIS = 100;

  private final Vertx vertx;
  private final Gate gate;
  private final Conduits conduits;
  private final GateCounters counters;

  HandOver(Vertx vertx, Gate gate, Conduits conduits, GateCounters counters) {
    this.vertx = vertx;
    this.gate = gate;
    this.conduits = conduits;
    this.counters = counters;
  }

  /** Completes when nobody is left, or when the patience is over. */
  Future<Void> begin(boolean othersTakeOver, Duration patience) {
    gate.stopTaking();
    Promise<Void> over = Promise.promise();
    if (!othersTakeOver) {
      conduits.all(any -> true).forEach(Conduit::giveUp);
      // Long enough for the close frames to go out.
      vertx.setTimer(BEAT_MILLIS, sent -> over.complete());
      return over.future();
    }
    Deque<Conduit> untold = new ArrayDeque<>(conduits.all(any -> true));
    long until = System.nanoTime() + patience.toNanos();
    vertx.setPeriodic(
        1,
        BEAT_MILLIS,
        timer -> {
          for (int i = 0; i < AT_ONCE && !untold.isEmpty(); i++) {
            if (untold.removeFirst().reconnect()) {
              counters.rejoin("hand_over");
            }
          }
          if (conduits.open() == 0 || System.nanoTime() >= until) {
            vertx.cancelTimer(timer);
            over.tryComplete();
          }
        });
    return over.future();
  }
}
