package dev.weir.service.legs;

import dev.weir.relay.LegEvent;
import dev.weir.relay.LegListener;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegState;
import dev.weir.relay.LegTarget;
import dev.weir.relay.PublishTokens;
import dev.weir.relay.PullGrant;
import dev.weir.relay.PullSource;
import dev.weir.relay.RelayEngine;
import dev.weir.relay.RelayedParticipant;
import dev.weir.service.peering.SlotBook;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.name.RoomNames;
import dev.weir.session.plan.Carried;
import dev.weir.session.plan.Leg;
import dev.weir.session.plan.Plan;
import dev.weir.session.plan.PlanChange;
import dev.weir.session.plan.Planner;
import dev.weir.session.slot.SlotState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Makes the engine's legs what the plan says.
 *
 * <p>A change of a slot marks it; a worker plans marked slots, compares with what the engine was
 * told last, and tells it the difference. A slot that this replica does not own has an empty plan
 * here. Nothing is remembered that could not be planned anew: after a restart the same slots give
 * the same legs, under a higher fence.
 */
public final class LegKeeper implements LegListener {
  private static final Logger LOG = Logger.getLogger(LegKeeper.class);

  private record SlotKey(Site site, SlotId slot) {}

  /** What the engine was told about one slot; its own lock. */
  private static final class Told {
    private Plan plan = Plan.NONE;
    private final Map<Spot, Long> fences = new HashMap<>();
  }

  private final SlotBook book;
  private final Function<Site, Planner> planners;
  private final RelayNodes nodes;
  private final RelayLeases leases;
  private final OriginGrants grants;
  private final LeftOvers leftOvers;
  private final Ownership ownership;
  private final Fences fences;
  private final LegPhases phases;
  private final Reach reach;
  private final Executor executor;
  private final RelayEngine engine;
  private final Map<SlotKey, Told> told = new ConcurrentHashMap<>();
  private final Set<SlotKey> marked = ConcurrentHashMap.newKeySet();
  private final Set<SlotKey> owned = ConcurrentHashMap.newKeySet();
  private final Map<String, LegKey> byId = new ConcurrentHashMap<>();
  private final Map<String, LegState> states = new ConcurrentHashMap<>();

  /** What a keeper works with. */
  public record Needs(
      SlotBook book,
      Function<Site, Planner> planners,
      RelayNodes nodes,
      RelayLeases leases,
      Origins origins,
      Ownership ownership,
      Fences fences,
      LegPhases phases,
      InstantSource clock,
      Executor executor) {}

  /**
   * @param engines starts the engine with a listener; closed by the caller
   */
  public LegKeeper(Needs needs, Function<LegListener, RelayEngine> engines) {
    this.book = needs.book();
    this.planners = needs.planners();
    this.nodes = needs.nodes();
    this.leases = needs.leases();
    this.grants = new OriginGrants(needs.origins(), needs.nodes(), needs.clock());
    this.leftOvers = new LeftOvers(needs.nodes(), needs.clock());
    this.ownership = needs.ownership();
    this.fences = needs.fences();
    this.phases = needs.phases();
    this.reach = new Reach(this::planned, phases, Thread::sleep);
    this.executor = needs.executor();
    this.engine = engines.apply(this);
    book.onChange((site, slot, now, effects) -> mark(new SlotKey(site, slot)));
  }

  /** Plans everything that lives; for the start, and for nodes or keys that changed. */
  public void replanAll(Iterable<Site> sites) {
    for (Site site : sites) {
      book.live(site).forEach(slot -> mark(new SlotKey(site, slot)));
    }
  }

  /** Slots that changed hands since the last look are planned by whoever owns them now. */
  public void recheckOwners(Iterable<Site> sites) {
    Set<SlotKey> there = new HashSet<>();
    for (Site site : sites) {
      for (SlotId slot : book.live(site)) {
        SlotKey key = new SlotKey(site, slot);
        there.add(key);
        boolean mine = ownership.isMine(site, slot);
        if (mine ? owned.add(key) : owned.remove(key)) {
          mark(key);
        }
      }
    }
    owned.retainAll(there);
  }

  /** Removes copies that an earlier owner left; call it every few seconds. */
  public void sweep() {
    leftOvers.sweep(book::find, this::plan);
  }

  private void mark(SlotKey key) {
    if (marked.add(key)) {
      executor.execute(() -> replan(key));
    }
  }

  private void replan(SlotKey key) {
    boolean done;
    do {
      done = replan(key, told.computeIfAbsent(key, k -> new Told()));
    } while (!done);
  }

  /** False when what was told of the slot was forgotten while this waited for its lock. */
  private boolean replan(SlotKey key, Told slot) {
    synchronized (slot) {
      if (told.get(key) != slot) {
        return false;
      }
      // Unmarked before the look: what changes from here on marks again.
      marked.remove(key);
      Optional<SlotState> state = book.find(key.site(), key.slot());
      boolean mine = state.isPresent() && ownership.isMine(key.site(), key.slot());
      leftOvers.owned(key.site(), key.slot(), mine);
      Plan plan = mine ? planners.apply(key.site()).plan(state.get()) : Plan.NONE;
      PlanChange change = plan.since(slot.plan);
      for (Spot source : change.ended()) {
        end(new LegKey(key.site(), key.slot(), source));
        slot.fences.remove(source);
      }
      for (Leg leg : change.put()) {
        put(new LegKey(key.site(), key.slot(), leg.source()), leg, slot);
      }
      slot.plan = plan;
      if (plan.legs().isEmpty()) {
        told.remove(key);
      }
      return true;
    }
  }

  private void put(LegKey key, Leg leg, Told slot) {
    long fence = slot.fences.computeIfAbsent(leg.source(), s -> fences.next(key.id()));
    List<LegTarget> targets = new ArrayList<>();
    for (Map.Entry<Spot, Set<String>> entry : wanted(leg).entrySet()) {
      target(key, entry.getKey(), entry.getValue(), fence).ifPresent(targets::add);
    }
    byId.put(key.id(), key);
    LOG.infof(
        "event=leg_put leg=%s targets=%d members=%d",
        key.id(), targets.size(), leg.carries().size());
    engine.open(new LegSpec(key.id(), fence, new Source(this, key, fence), targets));
  }

  private static Map<Spot, Set<String>> wanted(Leg leg) {
    Map<Spot, Set<String>> wanted = new TreeMap<>();
    for (Carried carried : leg.carries().values()) {
      for (Spot target : carried.targets().keySet()) {
        wanted.computeIfAbsent(target, t -> new TreeSet<>()).add(carried.identity());
      }
    }
    return wanted;
  }

  private Optional<LegTarget> target(LegKey key, Spot spot, Set<String> identities, long fence) {
    String node = spot.place().node();
    Optional<URI> url = nodes.signalling(key.self(), node);
    if (url.isEmpty()) {
      LOG.warnf("event=leg_target_unknown leg=%s node=%s", key.id(), node);
      return Optional.empty();
    }
    String room = RoomNames.of(key.slot(), spot.room());
    return Optional.of(
        new LegTarget(
            node + "/" + room,
            url.get(),
            room,
            identities,
            new NodeTokens(nodes, key.self(), node, room),
            leases.gate(new LeaseStore.Key(key.self(), key.slot(), spot), key.id(), fence)));
  }

  private void end(LegKey key) {
    LOG.infof("event=leg_ended leg=%s", key.id());
    engine.close(key.id());
    byId.remove(key.id());
    states.remove(key.id());
    phases.forget(key.id());
    executor.execute(() -> grants.release(key));
  }

  /** Equal sources of equal legs are equal, so that an unchanged leg is left alone. */
  private record Source(LegKeeper keeper, LegKey key, long fence) implements PullSource {
    @Override
    public CompletionStage<PullGrant> grant() {
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              return keeper.grants.grant(key, fence);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          },
          keeper.executor);
    }
  }

  private record NodeTokens(RelayNodes nodes, Site site, String node, String room)
      implements PublishTokens {
    @Override
    public String mint(RelayedParticipant participant) {
      return nodes.publishToken(site, node, room, participant);
    }
  }

  @Override
  public void changed(LegState state) {
    if (byId.containsKey(state.id())) {
      LegState before = states.put(state.id(), state);
      if (before == null || before.phase() != state.phase()) {
        phases.put(state.id(), state.phase());
      }
    }
  }

  @Override
  public void event(String legId, LegEvent event) {
    LegJournal.write(legId, event);
  }

  /** Whether the media of a focus comes here, or does within a moment; blocks for that moment. */
  public boolean canBring(Site site, SlotId slot, Site focus) {
    return reach.canBring(book.find(site, slot), focus);
  }

  /** One leg as it should be and as it is. */
  public record LegView(LegKey key, Leg leg, Optional<LegState> state) {}

  /** For explaining a slot, and for the status of peers. */
  public List<LegView> legs(Site site, SlotId slot) {
    Told known = told.get(new SlotKey(site, slot));
    if (known == null) {
      return List.of();
    }
    synchronized (known) {
      return known.plan.all().stream()
          .map(
              leg -> {
                LegKey key = new LegKey(site, slot, leg.source());
                return new LegView(key, leg, Optional.ofNullable(states.get(key.id())));
              })
          .toList();
    }
  }

  /** The slots that this replica keeps legs of. */
  void eachSlot(BiConsumer<Site, SlotId> with) {
    told.keySet().forEach(key -> with.accept(key.site(), key.slot()));
  }

  /** What would be relayed, whichever replica does it; for people. */
  public Plan planned(SlotState state) {
    return planners.apply(state.self()).plan(state);
  }

  /** The plan as the engine was told last, for explaining what a cap left out. */
  public Plan plan(Site site, SlotId slot) {
    Told known = told.get(new SlotKey(site, slot));
    if (known == null) {
      return Plan.NONE;
    }
    synchronized (known) {
      return known.plan;
    }
  }
}
