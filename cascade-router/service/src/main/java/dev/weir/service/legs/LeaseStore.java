package dev.weir.service.legs;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.lease.SpotLeases;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** Where leases are kept; changes are atomic for each spot. */
public interface LeaseStore {
  /** One room at one of our places. */
  record Key(Site site, SlotId slot, Spot spot) {}

  SpotLeases get(Key key);

  SpotLeases update(Key key, UnaryOperator<SpotLeases> change);

  /** Hears every change, whichever replica made it; must not block. */
  void onChange(BiConsumer<Key, SpotLeases> listener);

  /** For a deployment of one process. */
  static LeaseStore inMemory() {
    return new LeaseStore() {
      private final Map<Key, SpotLeases> leases = new ConcurrentHashMap<>();
      private final java.util.List<BiConsumer<Key, SpotLeases>> listeners =
          new java.util.concurrent.CopyOnWriteArrayList<>();

      @Override
      public SpotLeases get(Key key) {
        return leases.getOrDefault(key, SpotLeases.NONE);
      }

      @Override
      public SpotLeases update(Key key, UnaryOperator<SpotLeases> change) {
        SpotLeases[] after = {SpotLeases.NONE};
        leases.compute(
            key,
            (k, before) -> {
              after[0] = change.apply(before == null ? SpotLeases.NONE : before);
              return after[0].isEmpty() ? null : after[0];
            });
        listeners.forEach(listener -> listener.accept(key, after[0]));
        return after[0];
      }

      @Override
      public void onChange(BiConsumer<Key, SpotLeases> listener) {
        listeners.add(listener);
      }
    };
  }
}
