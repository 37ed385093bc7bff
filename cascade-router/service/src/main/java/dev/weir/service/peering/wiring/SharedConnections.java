package dev.weir.service.peering.wiring;

import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.peering.ConnectedPeers;
import dev.weir.service.peering.PeerKey;
import dev.weir.service.slots.Replica;
import dev.weir.service.slots.Upheavals;
import dev.weir.session.Site;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Which partners are connected to which replica; what a lost replica held is gone with it. */
final class SharedConnections implements ConnectedPeers {
  private final IMap<String, String> map;
  private final Replica replica;
  private final Set<PeerKey> ours = ConcurrentHashMap.newKeySet();
  private final Map<PeerKey, String> seen = new ConcurrentHashMap<>();
  private final List<Consumer<Site>> listeners = new CopyOnWriteArrayList<>();

  SharedConnections(HazelcastInstance hazelcast, Replica replica, Upheavals upheavals) {
    this.map = hazelcast.getMap("weir.peers");
    this.replica = replica;
    map.addEntryListener(new Ear(), true);
    map.forEach((key, holder) -> seen.put(parse(key), holder));
    upheavals.onDoubt(this::readAgain);
  }

  /** What a lost replica held is gone with it; what this one holds, others may have forgotten. */
  private void readAgain() {
    Set<String> living = replica.living();
    ours.forEach(this::up);
    map.forEach(
        (key, holder) -> {
          if (living.contains(holder)) {
            seen.put(parse(key), holder);
          } else {
            map.remove(key, holder);
          }
        });
    seen.keySet().removeIf(key -> !map.containsKey(text(key)));
    seen.keySet().stream()
        .map(PeerKey::site)
        .distinct()
        .forEach(site -> listeners.forEach(listener -> listener.accept(Site.of(site))));
  }

  @Override
  public Set<Site> of(Site site) {
    return seen.keySet().stream()
        .filter(key -> key.site().equals(site.name()))
        .map(key -> Site.of(key.peer()))
        .collect(Collectors.toSet());
  }

  @Override
  public void up(PeerKey key) {
    ours.add(key);
    map.set(text(key), replica.name());
  }

  @Override
  public void down(PeerKey key) {
    ours.remove(key);
    map.remove(text(key), replica.name());
  }

  @Override
  public void onChange(Consumer<Site> listener) {
    listeners.add(listener);
  }

  private static String text(PeerKey key) {
    return key.site() + "\n" + key.peer();
  }

  private static PeerKey parse(String text) {
    int end = text.indexOf('\n');
    return new PeerKey(text.substring(0, end), text.substring(end + 1));
  }

  private final class Ear extends EntryAdapter<String, String> {
    @Override
    public void onEntryEvent(EntryEvent<String, String> event) {
      PeerKey key = parse(event.getKey());
      switch (event.getEventType()) {
        case ADDED, UPDATED, MERGED -> seen.put(key, event.getValue());
        default -> seen.remove(key);
      }
      listeners.forEach(listener -> listener.accept(Site.of(key.site())));
    }
  }
}
