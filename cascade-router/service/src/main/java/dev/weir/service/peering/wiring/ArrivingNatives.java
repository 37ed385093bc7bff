package dev.weir.service.peering.wiring;

import dev.weir.service.gate.NativeArrivals;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.legs.LeaseStore;
import dev.weir.service.legs.RelayLeases;
import dev.weir.service.slots.RoomEntry;
import dev.weir.service.slots.Rooms;
import dev.weir.service.slots.Slots;
import dev.weir.session.Attachment;
import dev.weir.session.Site;
import dev.weir.session.Spot;
import dev.weir.session.lease.SpotLeases.Upgrading;
import dev.weir.session.slot.SlotEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets the gate ask the relay to make way for people. */
@ApplicationScoped
class ArrivingNatives {
  @Produces
  @Singleton
  NativeArrivals arrivals(Rooms rooms, Slots slots, RelayLeases leases, InstantSource clock) {
    return new Leased(rooms, slots, leases, clock);
  }

  /** By the leases, and with the plan told, so that the relay does not come back meanwhile. */
  private record Leased(Rooms rooms, Slots slots, RelayLeases leases, InstantSource clock)
      implements NativeArrivals {
    @Override
    public Way arriving(RoomKey room, String node, String identity) {
      return new Leading(
          this,
          CompletableFuture.supplyAsync(
              () -> entry(room).map(entry -> begin(room, entry, node, identity)),
              Thread::startVirtualThread));
    }

    private Optional<RoomEntry> entry(RoomKey room) {
      return rooms.find(new dev.weir.service.slots.RoomKey(Site.of(room.site()), room.room()));
    }

    private Begun begin(RoomKey room, RoomEntry entry, String node, String identity) {
      Site site = Site.of(room.site());
      LeaseStore.Key at = new LeaseStore.Key(site, entry.slot(), Spot.of(site, node, entry.room()));
      Upgrading client = Upgrading.beginning(identity, clock.instant());
      slots.apply(site, entry.slot(), new SlotEvent.UpgradeBegan(seat(at, client), client.until()));
      return new Begun(at, client, leases.upgrade(at, client));
    }

    private boolean isThere(Begun way) {
      return slots
          .find(way.at().site(), way.at().slot())
          .filter(state -> state.attachments().containsKey(seat(way.at(), way.client())))
          .isPresent();
    }

    private void end(Begun way) {
      leases.upgraded(way.at(), way.client());
      slots.apply(
          way.at().site(),
          way.at().slot(),
          new SlotEvent.UpgradeEnded(seat(way.at(), way.client()), way.client().until()));
    }

    private static Attachment.Key seat(LeaseStore.Key at, Upgrading client) {
      Spot spot = at.spot();
      return new Attachment.Key(spot.place().node(), spot.room(), client.identity());
    }
  }

  private record Begun(LeaseStore.Key at, Upgrading client, CompletionStage<Void> free) {}

  /** The way of one client; there is nothing to do for a room that nobody knows. */
  private static final class Leading implements NativeArrivals.Way {
    /** Who lost the line, before its node told of the join, may take it up again. */
    private static final Executor AFTER_A_MOMENT =
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Thread::startVirtualThread);

    private final Leased leased;
    private final CompletableFuture<Optional<Begun>> begun;
    private final AtomicBoolean over = new AtomicBoolean();

    Leading(Leased leased, CompletableFuture<Optional<Begun>> begun) {
      this.leased = leased;
      this.begun = begun;
    }

    @Override
    public CompletionStage<Void> free() {
      return begun.thenCompose(
          way -> way.map(Begun::free).orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    @Override
    public void over() {
      if (over.compareAndSet(false, true)) {
        begun.thenAcceptAsync(way -> way.ifPresent(this::end), Thread::startVirtualThread);
      }
    }

    private void end(Begun way) {
      if (leased.isThere(way)) {
        leased.end(way);
      } else {
        AFTER_A_MOMENT.execute(() -> leased.end(way));
      }
    }
  }
}
