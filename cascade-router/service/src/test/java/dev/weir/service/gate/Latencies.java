package dev.weir.service.gate;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Figures of a measurement. */
final class Latencies {

  private final List<Long> nanos = new ArrayList<>();

  void add(List<Long> more) {
    nanos.addAll(more);
    Collections.sort(nanos);
  }

  double millis(double quantile) {
    return nanos.get((int) Math.min(nanos.size() - 1.0, nanos.size() * quantile)) / 1e6;
  }

  /** Live heap and buffers outside of it. */
  static long usedMemory() {
    System.gc();
    System.gc();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return heap
        + direct
        + io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
  }
}
