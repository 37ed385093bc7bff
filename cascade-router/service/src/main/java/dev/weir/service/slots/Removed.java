package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import dev.weir.session.Attachment;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.SlotState;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Users that left a Matrix room or were banned from it: they are removed from its calls, and again
 * whenever they come back with a token that they still have, until all of their tokens have
 * expired.
 */
@Singleton
@Startup
public final class Removed {
  private static final Logger LOG = Logger.getLogger(Removed.class);

  /** Tokens for clients are valid for an hour. */
  private static final Duration REMEMBERED = Duration.ofMinutes(65);

  private final SharedNames removed;
  private final Slots slots;
  private final Kicked kicked;
  private final Replica replica;
  private final MeterRegistry meters;

  Removed(
      HazelcastInstance hazelcast,
      Slots slots,
      Kicked kicked,
      Replica replica,
      MeterRegistry meters) {
    this.removed = new SharedNames(hazelcast, "weir.removed");
    this.slots = slots;
    this.kicked = kicked;
    this.replica = replica;
    this.meters = meters;
    slots.onChange(this::changed);
  }

  /** The user is no longer in the Matrix room; returns the slots in which it was attached. */
  public List<SlotId> remove(Site site, String roomId, String user) {
    removed.add(key(site, roomId, user), REMEMBERED);
    return slots.live(site).stream()
        .filter(slot -> slot.roomId().equals(roomId))
        .filter(slot -> slots.find(site, slot).filter(state -> kick(state, user) > 0).isPresent())
        .toList();
  }

  /** The user is in the room again. */
  public void readmit(Site site, String roomId, String user) {
    removed.remove(key(site, roomId, user));
  }

  /** Whether the user left the room a while ago, and has not come back since. */
  public boolean isRemoved(Site site, String roomId, String user) {
    return removed.contains(key(site, roomId, user));
  }

  private void changed(SlotChange change) {
    if (removed.isEmpty() || !replica.owns(change.site() + change.slot().roomId())) {
      return;
    }
    change.state().attachments().values().stream()
        .map(attachment -> attachment.member().user())
        .distinct()
        .filter(user -> isRemoved(change.site(), change.slot().roomId(), user))
        .forEach(user -> kick(change.state(), user));
  }

  private int kick(SlotState state, String user) {
    int count = 0;
    for (Attachment attachment : state.attachments().values()) {
      if (attachment.member().user().equals(user)) {
        RoomKey room = Rooms.key(state.self(), state.slot(), attachment.room());
        boolean there = kicked.kick(room, attachment.node(), attachment.identity());
        LOG.infof("event=kicked node=%s there=%s", attachment.node(), there);
        meters.counter("weir.kicks").increment();
        count++;
      }
    }
    return count;
  }

  private static String key(Site site, String roomId, String user) {
    return site.name() + "\n" + roomId + "\n" + user;
  }
}
