package dev.weir.session.delegation;

import java.util.LinkedHashMap;
import java.util.Map;

/** Delayed events with their own timers, as a homeserver keeps them: they fire on time, always. */
final class SimulatedHomeserver {
  enum Fate {
    ALIVE,
    SENT,
    CANCELLED,
    FIRED
  }

  private static final class Event {
    private final long delay;
    private long firesAt;
    private Fate fate = Fate.ALIVE;

    private Event(long delay, long firesAt) {
      this.delay = delay;
      this.firesAt = firesAt;
    }
  }

  private final Map<String, Event> events = new LinkedHashMap<>();
  private long downUntil;
  private long limitedUntil;

  void schedule(String delayId, long delay, long now) {
    events.put(delayId, new Event(delay, now + delay));
  }

  void down(long until) {
    downUntil = Math.max(downUntil, until);
  }

  void limited(long until) {
    limitedUntil = Math.max(limitedUntil, until);
  }

  boolean troubled(long now) {
    return now < downUntil || now < limitedUntil;
  }

  Answer call(Verb verb, String delayId, long now) {
    if (now < downUntil) {
      return new Answer.Failed();
    }
    if (now < limitedUntil) {
      return new Answer.Limited(now + 700);
    }
    Event event = events.get(delayId);
    if (event == null || fate(delayId, now) != Fate.ALIVE) {
      return new Answer.Forgotten();
    }
    switch (verb) {
      case RESTART -> event.firesAt = now + event.delay;
      case SEND -> event.fate = Fate.SENT;
      case CANCEL -> event.fate = Fate.CANCELLED;
    }
    return new Answer.Done();
  }

  Fate fate(String delayId, long now) {
    Event event = events.get(delayId);
    if (event == null) {
      throw new IllegalArgumentException(delayId);
    }
    if (event.fate == Fate.ALIVE && event.firesAt <= now) {
      event.fate = Fate.FIRED;
    }
    return event.fate;
  }

  long alive(long now) {
    return events.keySet().stream().filter(id -> fate(id, now) == Fate.ALIVE).count();
  }
}
