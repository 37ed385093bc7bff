package dev.weir.service.admin;

import dev.weir.relay.LegState;
import dev.weir.service.admin.Overview.LegLine;
import dev.weir.service.legs.LegKeeper;
import dev.weir.service.legs.LegKeeper.LegView;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.plan.Plan;
import dev.weir.session.slot.SlotState;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;

/** The relay legs of a slot, as lines that people read. */
@Singleton
final class KeptLegs {
  private final Instance<LegKeeper> keeper;

  KeptLegs(Instance<LegKeeper> keeper) {
    this.keeper = keeper;
  }

  List<LegLine> of(Site ours, SlotId slot) {
    return keeper.isResolvable()
        ? keeper.get().legs(ours, slot).stream().map(KeptLegs::line).toList()
        : List.of();
  }

  /** Without a relay there is none. */
  Plan plan(SlotState state) {
    return keeper.isResolvable() ? keeper.get().planned(state) : Plan.NONE;
  }

  private static LegLine line(LegView view) {
    return new LegLine(
        view.leg().source().site().name(),
        view.leg().source().toString(),
        view.leg().targets().stream().map(Spot::toString).toList(),
        view.leg().carries().values().stream()
            .map(carried -> carried.member().user())
            .distinct()
            .toList(),
        view.state().map(KeptLegs::words).orElse("kept by another replica"));
  }

  private static String words(LegState state) {
    String phase = state.phase().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return state.error().isEmpty() ? phase : phase + ": " + state.error();
  }
}
