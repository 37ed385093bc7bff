package dev.weir.service.peering.wiring;

import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.peering.ConnectedPeers;
import dev.weir.service.peering.PeerKey;
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
  private final String self;
  private final Map<PeerKey, String> seen = new ConcurrentHashMap<>();
  private final List<Consumer<Site>> listeners = new CopyOnWriteArrayList<>();

  SharedConnections(HazelcastInstance hazelcast) {
    this.map = hazelcast.getMap("weir.peers");
    this.self = hazelcast.getCluster().getLocalMember().getUuid().toString();
    map.addEntryListener(new Ear(), true);
    map.forEach((key, replica) -> seen.put(parse(key), replica));
    hazelcast
        .getCluster()
        .addMembershipListener(
            new MembershipAdapter() {
              @Override
              public void memberRemoved(MembershipEvent event) {
                String gone = event.getMember().getUuid().toString();
                Thread.startVirtualThread(() -> forget(gone));
              }
            });
  }

  private void forget(String replica) {
    seen.forEach(
        (key, holder) -> {
          if (holder.equals(replica)) {
            map.remove(text(key), replica);
          }
        });
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
    map.set(text(key), self);
  }

  @Override
  public void down(PeerKey key) {
    map.remove(text(key), self);
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
        case ADDED, UPDATED -> seen.put(key, event.getValue());
        default -> seen.remove(key);
      }
      listeners.forEach(listener -> listener.accept(Site.of(key.site())));
    }
  }
}
