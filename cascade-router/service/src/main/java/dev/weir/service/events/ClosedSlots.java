package dev.weir.service.events;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
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
  private final IMap<String, Boolean> closed;

  ClosedSlots(HazelcastInstance hazelcast) {
    this.closed = hazelcast.getMap("weir.closed");
  }

  public boolean isClosed(Site site, SlotId slot) {
    return closed.containsKey(new SlotKey(site, slot).toString());
  }

  void set(Site site, SlotId slot, boolean isClosed) {
    String key = new SlotKey(site, slot).toString();
    if (isClosed) {
      closed.set(key, true);
    } else {
      closed.delete(key);
    }
  }
}
