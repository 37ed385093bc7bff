package dev.weir.relay.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Inputs made from good ones by small damage, and the memory that reading each takes. The seed of a
 * run is random and printed; {@code -Dweir.fuzz.seed=} repeats it.
 */
final class Mutations {
  static final int INPUTS = Integer.getInteger("weir.fuzz.inputs", 20_000);

  /** The first inputs also pay for the classes that read them. */
  private static final int LOADING = 200;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  final Random random;

  Mutations(String what) {
    long seed = Long.getLong("weir.fuzz.seed", System.nanoTime());
    System.out.println("fuzzing " + what + ": -Dweir.fuzz.seed=" + seed);
    random = new Random(seed);
  }

  /** Takes an input. */
  interface Reader {
    void read(byte[] input) throws Exception;
  }

  /**
   * Feeds damaged copies of good inputs.
   *
   * @param mostBytes that reading one may allocate
   */
  void feed(List<byte[]> good, long mostBytes, Reader reader) throws Exception {
    for (int i = 0; i < INPUTS; i++) {
      byte[] input = damaged(good.get(random.nextInt(good.size())));
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        reader.read(input);
      } catch (Exception e) {
        throw new AssertionError("input " + java.util.HexFormat.of().formatHex(input), e);
      }
      long taken = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (i > LOADING && taken > mostBytes) {
        throw new AssertionError(taken + " bytes for " + java.util.HexFormat.of().formatHex(input));
      }
    }
  }

  byte[] damaged(byte[] good) {
    byte[] bytes = good.clone();
    for (int change = random.nextInt(6); change > 0 && bytes.length > 0; change--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0);
        case 3 -> bytes = Arrays.copyOf(bytes, at);
        case 4 -> bytes = doubled(bytes, at);
        default -> {
          int end = Math.min(bytes.length, at + 1 + random.nextInt(8));
          for (int i = at; i < end; i++) {
            bytes[i] = (byte) random.nextInt();
          }
        }
      }
    }
    return bytes;
  }

  private byte[] doubled(byte[] bytes, int at) {
    int length = Math.min(bytes.length - at, 1 + random.nextInt(40));
    byte[] longer = new byte[Math.min(1500, bytes.length + length)];
    System.arraycopy(bytes, 0, longer, 0, Math.min(bytes.length, longer.length));
    System.arraycopy(bytes, at, longer, longer.length - length, length);
    return longer;
  }
}
