package dev.weir.session.move;

import java.time.Duration;

/**
 * How fast rooms may move: everybody in a room joins anew at once, which costs its new node more
 * than an hour of the call did.
 *
 * @param atOnce planned moves that run at one time
 * @param gap between the starts of two planned moves
 * @param urgentAtOnce moves off lost nodes that run at one time; they wait for nothing else
 */
public record Pace(int atOnce, Duration gap, int urgentAtOnce) {

  public static Pace defaults() {
    return new Pace(4, Duration.ofMillis(250), 64);
  }
}
