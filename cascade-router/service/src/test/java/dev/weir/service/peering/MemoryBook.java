package dev.weir.service.peering;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotMachine;
import dev.weir.session.slot.SlotPolicy;
import dev.weir.session.slot.SlotState;
import dev.weir.session.slot.Step;
import dev.weir.session.view.SiteDirectory;
import dev.weir.session.view.Version;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The real slot machine over a map: what the router keeps in Hazelcast. */
public final class MemoryBook implements SlotBook {
  private record Key(Site site, SlotId slot) {}

  private final InstantSource clock;
  private final SlotMachine machine;
  private final Map<Key, SlotState> states = new ConcurrentHashMap<>();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile long epoch;

  public MemoryBook(InstantSource clock) {
    this(clock, SiteDirectory.BY_NAME);
  }

  public MemoryBook(InstantSource clock, SiteDirectory sites) {
    this.clock = clock;
    this.machine = new SlotMachine(SlotPolicy.defaults("r1", sites));
    this.epoch = clock.millis();
  }

  @Override
  public Set<SlotId> live(Site site) {
    Set<SlotId> live = new TreeSet<>();
    states.forEach(
        (key, state) -> {
          if (key.site().equals(site) && !state.isForgettable()) {
            live.add(key.slot());
          }
        });
    return live;
  }

  @Override
  public Optional<SlotState> find(Site site, SlotId slot) {
    return Optional.ofNullable(states.get(new Key(site, slot)));
  }

  @Override
  public void apply(Site site, SlotId slot, SlotEvent event) {
    Step[] step = new Step[1];
    states.compute(
        new Key(site, slot),
        (key, before) -> {
          SlotState state =
              before == null ? SlotState.empty(slot, site, new Version(epoch, 0, "r1")) : before;
          step[0] = machine.apply(state, event, clock.instant());
          return step[0].state();
        });
    Step done = step[0];
    listeners.forEach(l -> l.changed(site, slot, done.state(), done.effects()));
  }

  @Override
  public void raiseEpoch(Site site, long above) {
    if (above > epoch) {
      epoch = above + 1;
      live(site).forEach(slot -> apply(site, slot, new SlotEvent.NewEpoch(epoch)));
    }
  }

  @Override
  public void onChange(Listener listener) {
    listeners.add(listener);
  }
}
