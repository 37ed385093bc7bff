package dev.weir.service.slots;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryExpiredListener;
import com.hazelcast.map.listener.EntryMergedListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Names that all replicas share, few of them, asked for with every request: what is asked is
 * answered out of what this replica has heard, a moment later than it was said elsewhere.
 */
public final class SharedNames {
  /** As Hazelcast understands a time to live. */
  private static final Duration FOR_EVER = Duration.ZERO;

  private final IMap<String, Boolean> map;
  private final Set<String> heard = ConcurrentHashMap.newKeySet();

  public SharedNames(HazelcastInstance hazelcast, String name) {
    this.map = hazelcast.getMap(name);
    map.addEntryListener(new Ear(), false);
    heard.addAll(map.keySet());
  }

  /** Blocks until the replicas have it. */
  public void add(String name) {
    add(name, FOR_EVER);
  }

  /** As {@link #add}, for a time. */
  public void add(String name, Duration time) {
    map.set(name, true, time.toSeconds(), TimeUnit.SECONDS);
    heard.add(name);
  }

  /** Blocks until it is gone, also when this replica has not heard of it yet. */
  public void remove(String name) {
    map.delete(name);
    heard.remove(name);
  }

  public boolean contains(String name) {
    return heard.contains(name);
  }

  public boolean isEmpty() {
    return heard.isEmpty();
  }

  private final class Ear
      implements EntryAddedListener<String, Boolean>,
          EntryMergedListener<String, Boolean>,
          EntryRemovedListener<String, Boolean>,
          EntryExpiredListener<String, Boolean> {
    @Override
    public void entryAdded(EntryEvent<String, Boolean> event) {
      heard.add(event.getKey());
    }

    @Override
    public void entryMerged(EntryEvent<String, Boolean> event) {
      heard.add(event.getKey());
    }

    @Override
    public void entryRemoved(EntryEvent<String, Boolean> event) {
      heard.remove(event.getKey());
    }

    @Override
    public void entryExpired(EntryEvent<String, Boolean> event) {
      heard.remove(event.getKey());
    }
  }
}
