package dev.weir.operator.status;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a status is worth a write: always when its meaning changed, and for moving
 * numbers at most once in a while for each object. Kubernetes stores every write and tells every
 * watcher, and numbers of calls change all the time.
 */
public final class StatusGate {
  private final InstantSource clock;
  private final Duration atMostEvery;
  private final Map<String, Instant> written = new ConcurrentHashMap<>();

  public StatusGate(InstantSource clock, Duration atMostEvery) {
    this.clock = clock;
    this.atMostEvery = atMostEvery;
  }

  /**
   * Whether to write {@code next} over {@code stored}.
   *
   * @param uid the object
   * @param meaning the status without its moving numbers
   */
  public <S> boolean shouldWrite(String uid, @Nullable S stored, S next, UnaryOperator<S> meaning) {
    if (next.equals(stored)) {
      return false;
    }
    Instant now = clock.instant();
    boolean changed = stored == null || !Objects.equals(meaning.apply(stored), meaning.apply(next));
    Instant last = written.get(uid);
    if (changed || last == null || !now.isBefore(last.plus(atMostEvery))) {
      written.put(uid, now);
      return true;
    }
    return false;
  }

  public void forget(String uid) {
    written.remove(uid);
  }
}
