package dev.weir.session.slot;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Outcome of one event.
 *
 * @param wakeAt when to send a Tick, if nothing happens before
 */
public record Step(SlotState state, List<SlotEffect> effects, Optional<Instant> wakeAt) {
  public Step {
    effects = List.copyOf(effects);
  }
}
