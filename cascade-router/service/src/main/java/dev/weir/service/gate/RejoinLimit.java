package dev.weir.service.gate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends kick wars: a client whose leaves were turned into rejoins time and again gets the next one
 * as it is. Whatever makes a node throw it out each time, joining again does not cure it.
 */
final class RejoinLimit {

  private static final int MAX = 8;
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MAX_REMEMBERED = 50_000;

  private record Person(RoomKey room, String identity) {}

  private record Turned(Instant since, int times) {}

  private final Clock clock;
  private final Map<Person, Turned> turned = new ConcurrentHashMap<>();

  RejoinLimit(Clock clock) {
    this.clock = clock;
  }

  boolean allows(Admission who) {
    Instant now = clock.instant();
    if (turned.size() >= MAX_REMEMBERED) {
      turned.values().removeIf(old -> over(old, now));
    }
    Turned counted =
        turned.merge(
            new Person(who.room(), who.identity()),
            new Turned(now, 1),
            (old, fresh) -> over(old, now) ? fresh : new Turned(old.since(), old.times() + 1));
    return counted.times() <= MAX;
  }

  private static boolean over(Turned old, Instant now) {
    return now.isAfter(old.since().plus(WINDOW));
  }
}
