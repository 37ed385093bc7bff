package dev.weir.service.peering;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.SlotEffect;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotState;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The slots of our sites, as peering and the legs read and change them. */
public interface SlotBook {
  /** Slots that the site has something of its own in. */
  Set<SlotId> live(Site site);

  Optional<SlotState> find(Site site, SlotId slot);

  /** Applies an event; a slot that nobody knows yet is begun. May block, never for the network. */
  void apply(Site site, SlotId slot, SlotEvent event);

  /** A peer has seen records of ours from this epoch: the next ones must be above it. */
  void raiseEpoch(Site site, long above);

  void onChange(Listener listener);

  /** Hears every change after it was stored; must not block. */
  @FunctionalInterface
  interface Listener {
    void changed(Site site, SlotId slot, SlotState now, List<SlotEffect> effects);
  }
}
