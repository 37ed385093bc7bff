package dev.weir.service.peering.wiring;

import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.legs.LeaseStore;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.lease.SpotLeases;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/** Leases that the gate and the relay see alike, in whichever process each of them runs. */
final class SharedLeases implements LeaseStore {
  private final IMap<String, byte[]> map;
  private final List<BiConsumer<Key, SpotLeases>> listeners = new CopyOnWriteArrayList<>();

  SharedLeases(HazelcastInstance hazelcast) {
    this.map = hazelcast.getMap("weir.leases");
    map.addEntryListener(new Ear(), true);
  }

  @Override
  public SpotLeases get(Key key) {
    return read(map.get(text(key)));
  }

  @Override
  public SpotLeases update(Key key, UnaryOperator<SpotLeases> change) {
    String name = text(key);
    while (true) {
      byte[] before = map.get(name);
      SpotLeases old = read(before);
      SpotLeases next = change.apply(old);
      if (next.equals(old) || swap(name, before, next)) {
        return next;
      }
    }
  }

  private boolean swap(
      String name, byte @org.jspecify.annotations.Nullable [] before, SpotLeases next) {
    if (before == null) {
      return map.putIfAbsent(name, SessionCodec.write(next)) == null;
    }
    return next.isEmpty()
        ? map.remove(name, before)
        : map.replace(name, before, SessionCodec.write(next));
  }

  private static SpotLeases read(byte @org.jspecify.annotations.Nullable [] bytes) {
    return bytes == null ? SpotLeases.NONE : SessionCodec.read(bytes, SpotLeases.class);
  }

  private static String text(Key key) {
    return new String(SessionCodec.write(key), StandardCharsets.UTF_8);
  }

  @Override
  public void onChange(BiConsumer<Key, SpotLeases> listener) {
    listeners.add(listener);
  }

  private final class Ear extends EntryAdapter<String, byte[]> {
    @Override
    public void onEntryEvent(EntryEvent<String, byte[]> event) {
      Key key = SessionCodec.read(event.getKey().getBytes(StandardCharsets.UTF_8), Key.class);
      SpotLeases leases =
          switch (event.getEventType()) {
            case ADDED, UPDATED, MERGED -> read(event.getValue());
            default -> SpotLeases.NONE;
          };
      listeners.forEach(listener -> listener.accept(key, leases));
    }
  }
}
