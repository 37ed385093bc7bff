package dev.weir.service.peering;

import dev.weir.session.Site;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Which partners have a Sync stream up, at whichever replica it ends. */
public interface ConnectedPeers {
  Set<Site> of(Site self);

  /** A stream ends here now. */
  void up(PeerKey key);

  /** The stream that ended here is gone. */
  void down(PeerKey key);

  /** Hears the site whose partners have changed; must not block. */
  void onChange(Consumer<Site> listener);

  /** For a deployment of one process. */
  static ConnectedPeers inMemory() {
    return new ConnectedPeers() {
      private final Set<PeerKey> up = ConcurrentHashMap.newKeySet();
      private final List<Consumer<Site>> listeners = new CopyOnWriteArrayList<>();

      @Override
      public Set<Site> of(Site self) {
        return up.stream()
            .filter(key -> key.site().equals(self.name()))
            .map(key -> Site.of(key.peer()))
            .collect(Collectors.toSet());
      }

      @Override
      public void up(PeerKey key) {
        if (up.add(key)) {
          tell(key);
        }
      }

      @Override
      public void down(PeerKey key) {
        if (up.remove(key)) {
          tell(key);
        }
      }

      private void tell(PeerKey key) {
        listeners.forEach(listener -> listener.accept(Site.of(key.site())));
      }

      @Override
      public void onChange(Consumer<Site> listener) {
        listeners.add(listener);
      }
    };
  }
}
