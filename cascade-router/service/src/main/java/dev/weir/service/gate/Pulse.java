package dev.weir.service.gate;

import java.time.Duration;

/**
 * How fast a node has answered lately, and so how long its silence may last until it is taken for
 * dead. A node that answers within some milliseconds is waited for less than half a second three
 * times over; one that is slow already, or not known yet, for a second, and must be silent for
 * three. So a busy machine makes the gate slower in its judgement, not wrong.
 */
final class Pulse {

  static final Duration SHORTEST = Duration.ofMillis(350);
  static final Duration LONGEST = Duration.ofSeconds(1);

  private static final Duration SHORTEST_SILENCE = Duration.ofMillis(450);
  private static final int TIMES = 8;
  private static final int ACQUAINTED = 8;

  /** With four looks a second, what was seen once is forgotten within half a minute. */
  private static final double FADING = 0.98;

  private double slowestMillis;
  private int answers;

  synchronized void answered(Duration after) {
    answers = Math.min(ACQUAINTED, answers + 1);
    slowestMillis = Math.max(after.toMillis(), slowestMillis * FADING);
  }

  /** How long one question is waited for. */
  synchronized Duration patience() {
    if (answers < ACQUAINTED) {
      return LONGEST;
    }
    double wanted = slowestMillis * TIMES;
    return Duration.ofMillis(
        Math.round(Math.clamp(wanted, SHORTEST.toMillis(), LONGEST.toMillis())));
  }

  /** For how long questions must stay without an answer: from 0.45 s to 3 s. */
  Duration silence() {
    return SHORTEST_SILENCE.plus(patience().minus(SHORTEST).multipliedBy(4));
  }
}
