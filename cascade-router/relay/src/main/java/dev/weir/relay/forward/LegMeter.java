package dev.weir.relay.forward;

import dev.weir.relay.Layer;
import dev.weir.relay.LegCounters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The figures of a leg. Written by its loop with plain stores, read from elsewhere now and then: a
 * reader may be a moment behind.
 */
public final class LegMeter {
  private static final int BUCKETS = LegCounters.Transit.BOUNDS_NANOS.size();

  private final long[] packetsIn = new long[Layer.COUNT];
  private final long[] bytesIn = new long[Layer.COUNT];
  private final long[] packetsOut = new long[Layer.COUNT];
  private final long[] bytesOut = new long[Layer.COUNT];
  private final long[] transit = new long[BUCKETS + 1];
  long lost;
  long recovered;
  long nacksToSource;
  long nacksAnswered;
  long nacksMissed;
  long plisToSource;
  long plisHeldBack;
  long sifDropped;
  private final AtomicLong reconnects = new AtomicLong();

  void in(int layer, int bytes) {
    packetsIn[layer]++;
    bytesIn[layer] += bytes;
  }

  void out(int layer, int bytes) {
    packetsOut[layer]++;
    bytesOut[layer] += bytes;
  }

  void transit(long nanos) {
    int bucket = 64 - Long.numberOfLeadingZeros(Math.max(0, nanos) / 1000);
    transit[Math.min(bucket, BUCKETS)]++;
  }

  /** Counts a session that was made again; from any thread. */
  public void reconnected() {
    reconnects.incrementAndGet();
  }

  public LegCounters read() {
    return new LegCounters(
        flows(packetsIn, bytesIn),
        flows(packetsOut, bytesOut),
        lost,
        recovered,
        nacksToSource,
        nacksAnswered,
        nacksMissed,
        plisToSource,
        plisHeldBack,
        sifDropped,
        reconnects.get(),
        transit());
  }

  private static List<LegCounters.Flow> flows(long[] packets, long[] bytes) {
    List<LegCounters.Flow> flows = new ArrayList<>(Layer.COUNT);
    for (int layer = 0; layer < Layer.COUNT; layer++) {
      flows.add(new LegCounters.Flow(packets[layer], bytes[layer]));
    }
    return List.copyOf(flows);
  }

  private LegCounters.Transit transit() {
    return new LegCounters.Transit(
        LegCounters.Transit.BOUNDS_NANOS, Arrays.stream(transit).boxed().toList());
  }
}
