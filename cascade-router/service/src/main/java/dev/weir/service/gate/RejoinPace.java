package dev.weir.service.gate;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Slows kick wars down. Whatever makes a node throw a client out each time, joining again at once
 * does not cure it, and costs the node a join; but only our own kick ends a call, so the client
 * waits longer each time instead.
 */
final class RejoinPace {

  static final int AT_ONCE = 8;
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration STEP = Duration.ofMillis(500);

  /** Clients go on to believe in a connection for so long. */
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private static final int MAX_REMEMBERED = 50_000;

  private record Person(RoomKey room, String identity) {}

  private record Turned(Instant since, int times) {}

  private final InstantSource clock;
  private final Map<Person, Turned> turned = new ConcurrentHashMap<>();

  RejoinPace(InstantSource clock) {
    this.clock = clock;
  }

  /** How long a client whose leave is turned into joining again has to wait for that. */
  Duration next(Admission who) {
    Instant now = clock.instant();
    if (turned.size() >= MAX_REMEMBERED) {
      turned.values().removeIf(old -> over(old, now));
    }
    Turned counted =
        turned.merge(
            new Person(who.room(), who.identity()),
            new Turned(now, 1),
            (old, fresh) -> over(old, now) ? fresh : new Turned(old.since(), old.times() + 1));
    Duration pause = STEP.multipliedBy(Math.max(0, counted.times() - AT_ONCE));
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  private static boolean over(Turned old, Instant now) {
    return now.isAfter(old.since().plus(WINDOW));
  }
}
