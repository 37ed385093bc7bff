package dev.weir.service.events;

import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.slots.SharedNames;
import dev.weir.service.slots.SlotKey;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import jakarta.inject.Singleton;

/**
 * Slots that the room has closed: they take no new attachments. Known only where events are read;
 * what is not known is open.
 */
@Singleton
public final class ClosedSlots {
  private final SharedNames closed;

  ClosedSlots(HazelcastInstance hazelcast) {
    this.closed = new SharedNames(hazelcast, "weir.closed");
  }

  public boolean isClosed(Site site, SlotId slot) {
    return closed.contains(new SlotKey(site, slot).toString());
  }

  void set(Site site, SlotId slot, boolean isClosed) {
    String key = new SlotKey(site, slot).toString();
    if (isClosed) {
      closed.add(key);
    } else {
      closed.remove(key);
    }
  }
}
