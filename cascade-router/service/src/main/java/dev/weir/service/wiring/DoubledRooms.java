package dev.weir.service.wiring;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.weir.service.gate.MoveWitness;
import dev.weir.service.slots.Replica;
import dev.weir.service.slots.RoomEntry;
import dev.weir.service.slots.RoomKey;
import dev.weir.service.slots.Rooms;
import dev.weir.service.slots.Upheavals;
import dev.weir.session.placement.Part;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Makes one place of two, when replicas that could not hear each other have each placed a room: who
 * is at the later place comes over to the first one, as in any move. The gates tell their clients
 * when they see the first place; here the rest of the router is told what that is.
 */
@Singleton
@Startup
final class DoubledRooms {
  private static final Logger LOG = Logger.getLogger(DoubledRooms.class);

  /** As long as people may take to come over. */
  private static final long GATHERING_SECONDS = 15;

  /** While replicas find each other again, each may take another one for the room's owner. */
  private static final long LOOK_AGAIN_SECONDS = 5;

  private final Rooms rooms;
  private final Replica replica;
  private final Instance<MoveWitness> witnesses;
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("weir-doubled-rooms").factory());

  DoubledRooms(Rooms rooms, Replica replica, Upheavals upheavals, Instance<MoveWitness> witnesses) {
    this.rooms = rooms;
    this.replica = replica;
    this.witnesses = witnesses;
    rooms.onChange(this::changed);
    upheavals.onDivergence(this::lookAgain);
    var unused =
        later.scheduleWithFixedDelay(
            this::lookAgain, LOOK_AGAIN_SECONDS, LOOK_AGAIN_SECONDS, TimeUnit.SECONDS);
  }

  private void lookAgain() {
    try {
      rooms.all().forEach(this::changed);
    } catch (HazelcastException | HazelcastInstanceNotActiveException notNow) {
      LOG.debug("event=doubled-rooms-not-looked-at", notNow);
    } catch (RuntimeException fault) {
      // One that got out of here would end all later looks.
      LOG.warn("event=doubled-rooms-not-looked-at", fault);
    }
  }

  private void changed(RoomKey key, RoomEntry entry) {
    Optional<Part> first = entry.placement().primary();
    if (first.isPresent() && replica.owns(key.toString())) {
      entry.placement().doubles().forEach(extra -> gather(key, extra.node(), first.get().node()));
    }
  }

  private void gather(RoomKey key, String from, String to) {
    LOG.warnf("event=room-was-placed-twice from=%s to=%s", from, to);
    var room = GateWords.gate(key);
    witnesses.forEach(witness -> witness.moving(room, from, to, true));
    rooms.leaving(key, from);
    var unused =
        later.schedule(
            () -> witnesses.forEach(witness -> witness.ended(room, from, to, true)),
            GATHERING_SECONDS,
            TimeUnit.SECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    later.shutdownNow();
  }
}
