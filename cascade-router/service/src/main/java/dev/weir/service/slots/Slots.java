package dev.weir.service.slots;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryMergedListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.explain.Disagreement;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotMachine;
import dev.weir.session.slot.SlotPolicy;
import dev.weir.session.slot.SlotState;
import dev.weir.session.slot.Step;
import dev.weir.session.view.Version;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * All slots of all our sites. An event is applied by compare-and-set on the shared map, so any
 * replica may apply it; every replica's listeners hear of every change, in order for each slot.
 */
@Singleton
public final class Slots {
  private static final Logger LOG = Logger.getLogger(Slots.class);
  private static final int LOCKS = 256;

  private final IMap<String, byte[]> map;
  private final Configuration configuration;
  private final Epochs epochs;
  private final Replica replica;
  private final InstantSource clock;
  private final Ticks ticks;
  private final InOrder order = new InOrder();
  private final List<Consumer<SlotChange>> listeners = new CopyOnWriteArrayList<>();
  private final Map<Site, SlotMachine> machines = new ConcurrentHashMap<>();
  private final Set<SlotKey> known = ConcurrentHashMap.newKeySet();
  private final Set<SlotKey> live = ConcurrentHashMap.newKeySet();
  private final Set<SlotKey> disagreeing = ConcurrentHashMap.newKeySet();
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("weir-slots").factory());

  Slots(
      HazelcastInstance hazelcast,
      Configuration configuration,
      Epochs epochs,
      Replica replica,
      InstantSource clock,
      Upheavals upheavals,
      MeterRegistry meters) {
    this.map = hazelcast.getMap("weir.slots");
    this.configuration = configuration;
    this.epochs = epochs;
    this.replica = replica;
    this.clock = clock;
    this.ticks = new Ticks(clock);
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
    map.addEntryListener(new Ear(), true);
    map.forEach((key, value) -> heard(key, value, false));
    upheavals.onDoubt(this::readAgain);
    upheavals.onDivergence(this::writeAnew);
    meters.gaugeCollectionSize("weir.slots", List.of(), live);
    meters.gaugeCollectionSize("weir.slots.disagreeing", List.of(), disagreeing);
    var unused = timer.scheduleWithFixedDelay(this::tick, 250, 250, TimeUnit.MILLISECONDS);
  }

  /** Applies an event; blocks for a round trip to the slot's owner. */
  public void apply(Site site, SlotId slot, SlotEvent event) {
    SlotKey key = new SlotKey(site, slot);
    ReentrantLock lock = locks[Math.floorMod(key.hashCode(), LOCKS)];
    lock.lock();
    try {
      while (!tryApply(key, event)) {
        Thread.onSpinWait();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean tryApply(SlotKey key, SlotEvent event) {
    String name = key.toString();
    byte[] before = map.get(name);
    if (before == null && event instanceof SlotEvent.Tick) {
      return true;
    }
    StoredSlot held = before == null ? null : StoredSlot.read(before);
    SlotState state =
        held == null
            ? SlotState.empty(key.slot(), key.site(), epochs.next(key.site()))
            : held.state();
    Step step = machine(key.site()).apply(state, event, clock.instant());
    StoredSlot next = StoredSlot.of(step);
    boolean same =
        step.state().equals(state)
            && next.effects().isEmpty()
            && step.wakeAt().equals(held == null ? Optional.<Instant>empty() : held.wake());
    if (same) {
      return true;
    }
    byte[] after = next.write();
    boolean stored =
        before == null ? map.putIfAbsent(name, after) == null : map.replace(name, before, after);
    if (stored && step.state().isForgettable() && step.wakeAt().isEmpty()) {
      // The last state goes out like every other one, and only then the entry goes.
      map.remove(name, after);
    }
    return stored;
  }

  public Optional<SlotState> find(Site site, SlotId slot) {
    return Optional.ofNullable(map.get(new SlotKey(site, slot).toString()))
        .map(bytes -> StoredSlot.read(bytes).state());
  }

  /** Slots of which anything is known, ended ones too, as of a moment ago. */
  public Set<SlotId> live(Site site) {
    Set<SlotId> slots = new HashSet<>();
    for (SlotKey key : known) {
      if (key.site().equals(site)) {
        slots.add(key.slot());
      }
    }
    return slots;
  }

  /** The listener is called on every replica, in order for each slot, and may block. */
  public void onChange(Consumer<SlotChange> listener) {
    listeners.add(listener);
  }

  /** A peer has seen this epoch of ours: if we know of none so high, we start a higher one. */
  public void raiseEpoch(Site site, long seenByPeer) {
    if (epochs.raise(site, seenByPeer)) {
      newEpoch(site);
    }
  }

  /** Replicas may have diverged: all our records are written anew. */
  public void newEpoch(Site site) {
    long epoch = epochs.next(site).epoch();
    live(site).forEach(slot -> apply(site, slot, new SlotEvent.NewEpoch(epoch)));
  }

  private void writeAnew() {
    for (HomeSite home : configuration.current().all()) {
      if (replica.owns("epoch\n" + home.site().name())) {
        LOG.infof("event=new-epoch site=%s", home.site());
        newEpoch(home.site());
      }
    }
  }

  /**
   * Tells every slot as it is now, and the end of those that are gone: the replica whose map it was
   * may have died before it told the others.
   */
  private void readAgain() {
    Set<SlotKey> there = new HashSet<>();
    for (String name : map.keySet()) {
      SlotKey key = SlotKey.parse(name);
      there.add(key);
      order.run(key, () -> tellNow(key));
    }
    for (SlotKey key : known) {
      if (!there.contains(key)) {
        order.run(key, () -> tellNow(key));
      }
    }
  }

  private void tellNow(SlotKey key) {
    byte[] bytes = map.get(key.toString());
    SlotChange change;
    if (bytes == null) {
      known.remove(key);
      live.remove(key);
      disagreeing.remove(key);
      ticks.forget(key);
      SlotState nothing = SlotState.empty(key.slot(), key.site(), Version.NONE);
      change = new SlotChange(key.site(), key.slot(), nothing, List.of());
    } else {
      StoredSlot stored = note(key, bytes);
      change = new SlotChange(key.site(), key.slot(), stored.state(), stored.slotEffects());
    }
    listeners.forEach(listener -> listener.accept(change));
  }

  private SlotMachine machine(Site site) {
    return machines.computeIfAbsent(
        site,
        any ->
            new SlotMachine(SlotPolicy.defaults(replica.name(), server -> siteOf(site, server))));
  }

  private Optional<Site> siteOf(Site ours, String server) {
    Optional<HomeSite> home = configuration.current().find(ours);
    if (home.isEmpty()) {
      return Optional.empty();
    }
    Site site = home.get().homeOf(server);
    boolean known = site.equals(ours) || home.get().partner(site).isPresent();
    return known ? Optional.of(site) : Optional.empty();
  }

  private void tick() {
    try {
      for (SlotKey key : ticks.due()) {
        if (replica.owns(key.toString())) {
          apply(key.site(), key.slot(), new SlotEvent.Tick());
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("event=tick-failed", e);
    }
  }

  private void heard(String name, byte[] bytes, boolean tell) {
    SlotKey key = SlotKey.parse(name);
    StoredSlot stored = note(key, bytes);
    if (tell) {
      SlotChange change =
          new SlotChange(key.site(), key.slot(), stored.state(), stored.slotEffects());
      order.run(key, () -> listeners.forEach(listener -> listener.accept(change)));
    }
  }

  private static void note(Set<SlotKey> which, SlotKey key, boolean isOne) {
    if (isOne) {
      which.add(key);
    } else {
      which.remove(key);
    }
  }

  private StoredSlot note(SlotKey key, byte[] bytes) {
    StoredSlot stored = StoredSlot.read(bytes);
    known.add(key);
    note(live, key, stored.state().isLive());
    note(disagreeing, key, stored.state().isLive() && Disagreement.isThere(stored.state()));
    stored.wake().ifPresentOrElse(at -> ticks.set(key, at), () -> ticks.forget(key));
    return stored;
  }

  private final class Ear
      implements EntryAddedListener<String, byte[]>,
          EntryMergedListener<String, byte[]>,
          EntryUpdatedListener<String, byte[]>,
          EntryRemovedListener<String, byte[]> {
    @Override
    public void entryAdded(EntryEvent<String, byte[]> event) {
      heard(event.getKey(), event.getValue(), true);
    }

    @Override
    public void entryUpdated(EntryEvent<String, byte[]> event) {
      heard(event.getKey(), event.getValue(), true);
    }

    @Override
    public void entryMerged(EntryEvent<String, byte[]> event) {
      heard(event.getKey(), event.getValue(), true);
    }

    @Override
    public void entryRemoved(EntryEvent<String, byte[]> event) {
      SlotKey key = SlotKey.parse(event.getKey());
      known.remove(key);
      live.remove(key);
      disagreeing.remove(key);
      ticks.forget(key);
    }
  }

  @PreDestroy
  void close() {
    timer.shutdownNow();
    order.close();
  }
}
