package dev.weir.relay.forward;

import dev.weir.relay.Layer;
import java.util.function.IntSupplier;

/**
 * Decides how many video layers a link can carry. Two bad samples in a row take away as many layers
 * as do not fit into what arrives, at least one; a clean time gives it back; each time that this
 * turns out too early, the next try waits twice as long.
 */
final class LinkGuard {
  static final long INTERVAL = 500_000_000L;
  static final double LOSS_LIMIT = 0.12;
  static final double LOSS_CLEAN = 0.04;
  static final long DELAY_LIMIT = 250_000_000L;
  static final long DELAY_CLEAN = 80_000_000L;
  static final long SETTLE = 2_000_000_000L;

  /** Longer than a source's server takes to stop an encoder (5 s), or it never would. */
  static final long FIRST_PROBATION = 8_000_000_000L;

  static final long LONGEST_PROBATION = 64_000_000_000L;
  private static final long TOO_EARLY = 6_000_000_000L;

  private int layers = Layer.COUNT;
  private int badInARow;
  private boolean congested;
  private long lastChange = Long.MIN_VALUE / 2;
  private long cleanSince = Long.MIN_VALUE;
  private long raisedAt = Long.MIN_VALUE / 2;
  private long probation = FIRST_PROBATION;

  /** How many layers may be pulled: 3 = all, 0 = audio only. */
  int layers() {
    return layers;
  }

  /** Whether the newest sample was bad. */
  boolean congested() {
    return congested;
  }

  /**
   * Takes a sample; true if the number of layers changed.
   *
   * @param fitting how many layers fit into what arrives; only asked when the link is congested
   */
  boolean sample(
      long now, double loss, long standingDelay, boolean overBudget, IntSupplier fitting) {
    congested = loss > LOSS_LIMIT || standingDelay > DELAY_LIMIT || overBudget;
    boolean clean = loss < LOSS_CLEAN && standingDelay < DELAY_CLEAN && !overBudget;
    badInARow = congested ? badInARow + 1 : 0;
    if (!clean) {
      cleanSince = Long.MIN_VALUE;
    } else if (cleanSince == Long.MIN_VALUE) {
      cleanSince = now;
    }
    // What a layer that was given up sent is under way for a while; a new one says at once if it
    // was one too many.
    boolean settled = lastChange == raisedAt || now - lastChange >= SETTLE;
    if (badInARow >= 2 && settled && layers > 0) {
      if (now - raisedAt < TOO_EARLY) {
        probation = Math.min(LONGEST_PROBATION, 2 * probation);
      }
      return change(Math.clamp(fitting.getAsInt(), 0, layers - 1), now);
    }
    if (layers < Layer.COUNT
        && cleanSince != Long.MIN_VALUE
        && now - Math.max(cleanSince, lastChange) >= probation) {
      raisedAt = now;
      return change(layers + 1, now);
    }
    if (layers == Layer.COUNT && now - lastChange > LONGEST_PROBATION) {
      probation = FIRST_PROBATION;
    }
    return false;
  }

  private boolean change(int to, long now) {
    layers = to;
    lastChange = now;
    badInARow = 0;
    return true;
  }
}
