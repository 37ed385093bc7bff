package dev.weir.service.legs;

import java.time.InstantSource;

/**
 * Numbers the owners of a leg: a later owner has a higher fence, whatever the clocks of the
 * replicas say. May block.
 */
@FunctionalInterface
public interface Fences {
  long next(String legId);

  /** For a deployment of one process. */
  static Fences ofClock(InstantSource clock) {
    return leg -> clock.millis();
  }
}
