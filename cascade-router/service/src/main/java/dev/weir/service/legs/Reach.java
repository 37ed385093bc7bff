package dev.weir.service.legs;

import dev.weir.relay.LegState.Phase;
import dev.weir.session.Site;
import dev.weir.session.plan.Leg;
import dev.weir.session.plan.Plan;
import dev.weir.session.slot.SlotState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether the media of a focus comes to a site. Every leg of the slot that carries publishers of
 * that focus counts, whichever replica runs it: from the focus itself, and from the guest annexes
 * of others. A leg that is not up has a moment to come up; one that nobody speaks of is no reason
 * to doubt, and neither is the lack of one, for the first viewer brings it.
 */
final class Reach {
  private static final Duration A_MOMENT = Duration.ofMillis(1500);
  private static final Duration A_LOOK = Duration.ofMillis(100);

  /** Lets time pass. */
  @FunctionalInterface
  interface Pause {
    void of(Duration time) throws InterruptedException;
  }

  private final Function<SlotState, Plan> plans;
  private final LegPhases phases;
  private final Pause pause;

  Reach(Function<SlotState, Plan> plans, LegPhases phases, Pause pause) {
    this.plans = plans;
    this.phases = phases;
    this.pause = pause;
  }

  /** Blocks for a moment while something is on its way. */
  boolean canBring(Optional<SlotState> state, Site focus) {
    List<String> legs =
        state.map(plans).orElse(Plan.NONE).all().stream()
            .map(Leg::source)
            .filter(source -> source.room().focus().equals(focus))
            .map(source -> new LegKey(state.orElseThrow().self(), state.get().slot(), source).id())
            .toList();
    try {
      for (Duration waited = Duration.ZERO;
          waited.compareTo(A_MOMENT) < 0;
          waited = waited.plus(A_LOOK)) {
        if (legs.stream().noneMatch(this::isDown)) {
          return true;
        }
        pause.of(A_LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return legs.stream().noneMatch(this::isDown);
  }

  private boolean isDown(String leg) {
    return phases
        .of(leg)
        .filter(phase -> phase == Phase.CONNECTING || phase == Phase.BACKING_OFF)
        .isPresent();
  }
}
