package dev.weir.service.legs;

import dev.weir.relay.LeaseGate;
import dev.weir.service.peering.SlotBook;
import dev.weir.session.Attachment;
import dev.weir.session.Spot;
import dev.weir.session.lease.Lease;
import dev.weir.session.lease.SpotLeases;
import dev.weir.session.lease.SpotLeases.Upgrading;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.SlotState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps relayed identities out of the way of real users. The relay asks before it enters a room;
 * the gate says when a real user is coming, and waits a moment for the relay to leave.
 */
public final class RelayLeases {
  private final LeaseStore store;
  private final SlotBook book;
  private final InstantSource clock;
  private final Executor executor;

  /** What to call when a lease of this process is revoked. */
  private final Map<Held, Runnable> revocations = new ConcurrentHashMap<>();

  /** Clients at the gate that wait for a relay to leave. */
  private final Map<Held, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

  private record Held(LeaseStore.Key key, String identity) {}

  public RelayLeases(LeaseStore store, SlotBook book, InstantSource clock, Executor executor) {
    this.store = store;
    this.book = book;
    this.clock = clock;
    this.executor = executor;
    store.onChange(this::changed);
  }

  /** The relay's door to one room; equal doors are equal, so that equal legs are. */
  LeaseGate gate(LeaseStore.Key key, String holder, long fence) {
    return new Door(this, key, holder, fence);
  }

  private record Door(RelayLeases leases, LeaseStore.Key key, String holder, long fence)
      implements LeaseGate {
    @Override
    public CompletionStage<Optional<Lease>> acquire(String identity, Runnable revoked) {
      return CompletableFuture.supplyAsync(
          () -> leases.acquire(this, identity, revoked), leases.executor);
    }
  }

  private Optional<LeaseGate.Lease> acquire(Door door, String identity, Runnable revoked) {
    Held held = new Held(door.key(), identity);
    Set<String> natives =
        book.find(door.key().site(), door.key().slot())
            .map(state -> natives(state, door.key().spot()))
            .orElse(Set.of());
    boolean[] granted = {false};
    // Known before it is granted, so that no revocation can slip between.
    revocations.put(held, revoked);
    store.update(
        door.key(),
        leases -> {
          SpotLeases.Granted outcome =
              leases.request(
                  identity, door.holder(), door.fence(), natives, false, clock.instant());
          granted[0] = outcome.granted();
          return outcome.leases();
        });
    if (!granted[0]) {
      revocations.remove(held, revoked);
      return Optional.empty();
    }
    return Optional.of(
        () -> {
          revocations.remove(held, revoked);
          executor.execute(
              () ->
                  store.update(
                      door.key(), leases -> leases.release(identity, door.holder(), door.fence())));
        });
  }

  /** Who is natively there, or on the way there because the room moves in. */
  private static Set<String> natives(SlotState state, Spot spot) {
    Set<String> sources = new HashSet<>();
    sources.add(spot.place().node());
    for (RoomMove move : state.moves()) {
      if (move.room().equals(spot.room()) && move.to().equals(spot.place().node())) {
        sources.add(move.from());
      }
    }
    Set<String> natives = new HashSet<>();
    for (Attachment.Key key : state.attachments().keySet()) {
      if (key.room().equals(spot.room()) && sources.contains(key.node())) {
        natives.add(key.identity());
      }
    }
    return natives;
  }

  private void changed(LeaseStore.Key key, SpotLeases leases) {
    waiting.forEach(
        (held, free) -> {
          if (held.key().equals(key) && !leases.held().containsKey(held.identity())) {
            free.complete(null);
          }
        });
    leases
        .held()
        .forEach(
            (identity, lease) -> {
              if (lease.state() == Lease.State.REVOKED) {
                Runnable revoked = revocations.remove(new Held(key, identity));
                if (revoked != null) {
                  executor.execute(revoked);
                }
              }
            });
  }

  /**
   * A real user is about to be let into the room: takes the lease away from a relay and completes
   * when the client may go on, after at most the moment that a relay has.
   */
  public CompletionStage<Void> upgrade(LeaseStore.Key key, Upgrading client) {
    SpotLeases.@Nullable Upgrade[] outcome = new SpotLeases.@Nullable Upgrade[1];
    store.update(
        key,
        leases -> {
          SpotLeases.Upgrade upgrade = leases.upgrade(client, clock.instant());
          outcome[0] = upgrade;
          return upgrade.leases();
        });
    if (outcome[0] instanceof SpotLeases.Upgrade.AfterRelay(var leases, var lease, Instant at)) {
      return left(key, client.identity(), Duration.between(clock.instant(), at));
    }
    return CompletableFuture.completedFuture(null);
  }

  private CompletionStage<Void> left(LeaseStore.Key key, String identity, Duration atMost) {
    Held held = new Held(key, identity);
    CompletableFuture<Void> free = waiting.computeIfAbsent(held, h -> new CompletableFuture<>());
    if (!store.get(key).held().containsKey(identity)) {
      free.complete(null);
    }
    return free.completeOnTimeout(null, Math.max(0, atMost.toMillis()), TimeUnit.MILLISECONDS)
        .whenComplete((done, failure) -> waiting.remove(held, free));
  }

  /** The way in is over. From now on it matters whether the client is natively there. */
  public void upgraded(LeaseStore.Key key, Upgrading client) {
    store.update(key, leases -> leases.upgraded(client));
  }
}
