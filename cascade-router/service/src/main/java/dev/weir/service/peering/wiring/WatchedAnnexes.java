package dev.weir.service.peering.wiring;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.legs.AnnexWatch;
import dev.weir.service.legs.LegKeeper;
import dev.weir.service.legs.Ownership;
import dev.weir.service.peering.SlotBook;
import dev.weir.service.slots.Replica;
import dev.weir.service.slots.RoomMaker;
import dev.weir.service.slots.Upheavals;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.rebind.Rebinding;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Looks at the annexes every second, in processes that carry media. */
@Singleton
final class WatchedAnnexes {
  private static final Logger LOG = Logger.getLogger(WatchedAnnexes.class);

  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("annex-watch").factory());

  void start(
      @Observes StartupEvent started,
      RouterSettings settings,
      SlotBook book,
      LegKeeper keeper,
      Replica replica,
      RoomMaker rooms,
      Configuration configuration,
      Upheavals upheavals,
      MeterRegistry meters,
      InstantSource clock) {
    if (!settings.has(ProcessRole.RELAY)) {
      return;
    }
    AnnexWatch watch =
        new AnnexWatch(
            book,
            keeper,
            owner(replica),
            new Rebinding(Rebinding.Timing.defaults()),
            (site, slot, annex, node) -> make(rooms, slot, annex, node),
            clock,
            meters);
    upheavals.onOwners(() -> later(() -> watch.recheck(sites(configuration))));
    later(() -> watch.recheck(sites(configuration)));
    var unused = looks.scheduleWithFixedDelay(guarded(watch::look), 1, 1, TimeUnit.SECONDS);
  }

  /** Who keeps the legs of a slot. */
  static Ownership owner(Replica replica) {
    return (site, slot) ->
        replica.owns(ProcessRole.RELAY, site.name() + "\n" + slot.roomId() + "\n" + slot.slotId());
  }

  private static List<Site> sites(Configuration configuration) {
    return configuration.current().all().stream().map(HomeSite::site).toList();
  }

  private static void make(RoomMaker rooms, SlotId slot, Room annex, String node) {
    try {
      rooms.makeAt(node, slot, annex);
    } catch (RoomMaker.NoRoom e) {
      // The first client that comes back tries again, and waits for it.
      LOG.infof("event=annex_not_made node=%s problem=\"%s\"", node, e.getMessage());
    }
  }

  private void later(Runnable task) {
    if (!looks.isShutdown()) {
      looks.execute(guarded(task));
    }
  }

  /** One look that fails is not the last one. */
  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.warn("event=annex_watch_failed", e);
      }
    };
  }

  void stop(@Observes ShutdownEvent event) {
    looks.shutdownNow();
  }
}
