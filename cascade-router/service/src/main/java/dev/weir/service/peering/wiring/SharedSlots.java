package dev.weir.service.peering.wiring;

import dev.weir.service.peering.SlotBook;
import dev.weir.service.slots.Slots;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotState;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;

/** The router's slots, as peering and the legs see them. */
@Singleton
final class SharedSlots implements SlotBook {
  private final Slots slots;

  SharedSlots(Slots slots) {
    this.slots = slots;
  }

  @Override
  public Set<SlotId> live(Site site) {
    return slots.live(site);
  }

  @Override
  public Optional<SlotState> find(Site site, SlotId slot) {
    return slots.find(site, slot);
  }

  @Override
  public void apply(Site site, SlotId slot, SlotEvent event) {
    slots.apply(site, slot, event);
  }

  @Override
  public void raiseEpoch(Site site, long above) {
    slots.raiseEpoch(site, above);
  }

  @Override
  public void onChange(Listener listener) {
    slots.onChange(
        change -> listener.changed(change.site(), change.slot(), change.state(), change.effects()));
  }
}
