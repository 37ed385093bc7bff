package dev.weir.service.peering.wiring;

import dev.weir.service.gate.NativeArrivals;
import dev.weir.service.gate.RoomKey;
import dev.weir.service.legs.RelayLeases;
import dev.weir.service.slots.RoomEntry;
import dev.weir.service.slots.Rooms;
import dev.weir.service.slots.Slots;
import dev.weir.session.Attachment;
import dev.weir.session.Site;
import dev.weir.session.lease.SpotLeases;
import dev.weir.session.slot.SlotEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

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
    public CompletionStage<Void> arriving(RoomKey room, String node, String identity) {
      return CompletableFuture.supplyAsync(
              () -> entry(room).map(entry -> begin(room, entry, node, identity)),
              Thread::startVirtualThread)
          .thenCompose(begun -> begun.orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    private CompletionStage<Void> begin(
        RoomKey room, RoomEntry entry, String node, String identity) {
      Site site = Site.of(room.site());
      slots.apply(
          site,
          entry.slot(),
          new SlotEvent.UpgradeBegan(
              new Attachment.Key(node, entry.room(), identity),
              clock.instant().plus(SpotLeases.UPGRADE_LASTS)));
      return leases.upgrade(site, entry.slot(), node, entry.room(), identity);
    }

    @Override
    public void notArriving(RoomKey room, String node, String identity) {
      Thread.startVirtualThread(
          () -> entry(room).ifPresent(entry -> end(room, entry, node, identity)));
    }

    private void end(RoomKey room, RoomEntry entry, String node, String identity) {
      Site site = Site.of(room.site());
      leases.upgraded(site, entry.slot(), node, entry.room(), identity);
      slots.apply(
          site,
          entry.slot(),
          new SlotEvent.UpgradeEnded(new Attachment.Key(node, entry.room(), identity)));
    }

    private Optional<RoomEntry> entry(RoomKey room) {
      return rooms.find(new dev.weir.service.slots.RoomKey(Site.of(room.site()), room.room()));
    }
  }
}
