package dev.weir.service.legs;

import dev.weir.relay.LegCounters;
import dev.weir.relay.LegState;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The relay's totals as metrics, without a room or a user in any name. A leg's counters end with
 * the leg, so what ended legs had counted is kept.
 */
public final class RelayFigures {
  /** One total: its name, and what each leg adds to it. */
  private record Total(String name, ToLongFunction<LegCounters> of) {}

  private static final List<Total> TOTALS =
      List.of(
          new Total("weir.relay.received.bytes", c -> bytes(c.in())),
          new Total("weir.relay.sent.bytes", c -> bytes(c.out())),
          new Total("weir.relay.received.packets", c -> packets(c.in())),
          new Total("weir.relay.sent.packets", c -> packets(c.out())),
          new Total("weir.relay.lost.packets", LegCounters::lost),
          new Total("weir.relay.recovered.packets", LegCounters::recovered),
          new Total("weir.relay.nacks.sent", LegCounters::nacksToSource),
          new Total("weir.relay.nacks.answered", LegCounters::nacksAnswered),
          new Total("weir.relay.nacks.missed", LegCounters::nacksMissed),
          new Total("weir.relay.plis.sent", LegCounters::plisToSource),
          new Total("weir.relay.plis.held.back", LegCounters::plisHeldBack),
          new Total("weir.relay.sif.dropped", LegCounters::sifDropped),
          new Total("weir.relay.reconnects", LegCounters::reconnects));

  private final Supplier<List<LegState>> legs;
  private final Map<String, LegCounters> last = new HashMap<>();
  private final long[] ended = new long[TOTALS.size()];

  public RelayFigures(Supplier<List<LegState>> legs) {
    this.legs = legs;
  }

  public void bindTo(MeterRegistry meters) {
    for (int i = 0; i < TOTALS.size(); i++) {
      int index = i;
      FunctionCounter.builder(TOTALS.get(i).name(), this, f -> f.total(index)).register(meters);
    }
    // Of the legs that live: buckets as Prometheus has them, each with all that is quicker.
    List<Long> bounds = LegCounters.Transit.BOUNDS_NANOS;
    for (int i = 0; i < bounds.size(); i++) {
      int upTo = i;
      Gauge.builder("weir.relay.transit.packets", this, f -> f.transit(upTo))
          .tag("le", Double.toString(bounds.get(i) / 1e9))
          .register(meters);
    }
    for (LegState.Phase phase : LegState.Phase.values()) {
      Gauge.builder(
              "weir.relay.legs",
              () -> legs.get().stream().filter(leg -> leg.phase() == phase).count())
          .tag("phase", phase.name())
          .register(meters);
    }
  }

  private double total(int index) {
    look();
    synchronized (this) {
      long sum = ended[index];
      for (LegCounters counters : last.values()) {
        sum += TOTALS.get(index).of().applyAsLong(counters);
      }
      return sum;
    }
  }

  /** Packets of the legs of now that were inside for at most as long as a bucket's bound. */
  private double transit(int upTo) {
    return legs.get().stream()
        .mapToLong(
            leg ->
                leg.counters().transit().counts().stream()
                    .limit(upTo + 1L)
                    .mapToLong(Long::longValue)
                    .sum())
        .sum();
  }

  /** Takes the legs as they are; call it now and then, so that little of an ended leg is missed. */
  public void look() {
    List<LegState> now = legs.get();
    synchronized (this) {
      Map<String, LegCounters> seen = new HashMap<>();
      now.forEach(leg -> seen.put(leg.id(), leg.counters()));
      last.forEach(
          (id, before) -> {
            LegCounters after = seen.get(id);
            if (after == null || startedAnew(before, after)) {
              for (int i = 0; i < TOTALS.size(); i++) {
                ended[i] += TOTALS.get(i).of().applyAsLong(before);
              }
            }
          });
      last.clear();
      last.putAll(seen);
    }
  }

  /** A leg that was closed and opened again between two looks counts from zero. */
  private static boolean startedAnew(LegCounters before, LegCounters after) {
    return packets(after.in()) < packets(before.in());
  }

  private static long bytes(List<LegCounters.Flow> flows) {
    return flows.stream().mapToLong(LegCounters.Flow::bytes).sum();
  }

  private static long packets(List<LegCounters.Flow> flows) {
    return flows.stream().mapToLong(LegCounters.Flow::packets).sum();
  }
}
