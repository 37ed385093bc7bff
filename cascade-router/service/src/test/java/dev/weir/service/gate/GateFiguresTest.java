package dev.weir.service.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GateFiguresTest {
  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicLong clients = new AtomicLong(2);
  private final AtomicInteger moves = new AtomicInteger(3);

  @Test
  void areStillThereAfterAGarbageCollection() {
    GateCounters counters = new GateCounters(registry, clients::get, clients::get);
    MoveFigures figures = new MoveFigures(registry, moves::get, moves::get);

    collectGarbage();
    clients.set(7);
    moves.set(8);

    assertThat(List.of("weir.gate.connections", "weir.gate.connections_at_partners"))
        .allSatisfy(name -> assertThat(registry.get(name).gauge().value()).isEqualTo(7));
    assertThat(List.of("weir.gate.moves.waiting", "weir.gate.moves.running"))
        .allSatisfy(name -> assertThat(registry.get(name).gauge().value()).isEqualTo(8));
    assertThat(counters).isNotNull();
    assertThat(figures).isNotNull();
  }

  /** Until something that nobody holds is gone. */
  private static void collectGarbage() {
    WeakReference<Object> gone = new WeakReference<>(new Object());
    while (gone.get() != null) {
      System.gc();
    }
  }
}
