package dev.weir.service.delegation;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The jobs' own time: milliseconds that start at the wall clock's value and then never jump. What
 * others wrote down, or will read, is turned into wall-clock time at the border.
 */
public final class TimeLine {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final LongSupplier nanos;
  private final InstantSource wall;
  private final long startNanos;
  private final long startMillis;

  public TimeLine() {
    this(System::nanoTime, InstantSource.system());
  }

  public TimeLine(LongSupplier nanos, InstantSource wall) {
    this.nanos = nanos;
    this.wall = wall;
    this.startNanos = nanos.getAsLong();
    this.startMillis = wall.millis();
  }

  public long now() {
    return startMillis + (nanos.getAsLong() - startNanos) / NANOS_PER_MILLI;
  }

  public long wallNow() {
    return wall.millis();
  }

  public InstantSource wall() {
    return wall;
  }

  public long toWall(long time) {
    return time - now() + wall.millis();
  }

  public long fromWall(long time) {
    return time - wall.millis() + now();
  }
}
