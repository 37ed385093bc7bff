package dev.weir.service.slots;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.SlotEffect;
import dev.weir.session.slot.SlotState;
import java.util.List;

/** A slot after an event, wherever in the cluster the event was applied. */
public record SlotChange(Site site, SlotId slot, SlotState state, List<SlotEffect> effects) {
  public SlotChange {
    effects = List.copyOf(effects);
  }
}
