package dev.weir.service.wiring;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.gate.MoveStore;
import dev.weir.service.slots.Replica;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.move.MoveState;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Moves in the shared memory: what a lost replica has begun, another one ends. */
@Singleton
final class SharedMoveStore implements MoveStore {
  /** Many times what a move takes; nothing is left behind by a replica that nobody outlived. */
  private static final long REMEMBERED_MINUTES = 10;

  private record Held(String replica, MoveState state) {}

  private final Replica replica;
  private final IMap<String, byte[]> map;

  SharedMoveStore(HazelcastInstance hazelcast, Replica replica) {
    this.replica = replica;
    this.map = hazelcast.getMap("weir.moves");
  }

  @Override
  public boolean begin(MoveState state) {
    String room = room(state);
    byte[] mine = mine(state);
    while (true) {
      byte[] other = map.putIfAbsent(room, mine, REMEMBERED_MINUTES, TimeUnit.MINUTES);
      if (other == null) {
        return true;
      }
      if (replica.living().contains(read(other).replica())) {
        return false;
      }
      // Its replica is gone, and this move replaces whatever it had begun.
      if (map.replace(room, other, mine)) {
        return true;
      }
    }
  }

  @Override
  public void put(MoveState state) {
    map.set(room(state), mine(state), REMEMBERED_MINUTES, TimeUnit.MINUTES);
  }

  @Override
  public void remove(MoveState state) {
    byte[] held = map.get(room(state));
    if (held != null && read(held).state().id().equals(state.id())) {
      map.remove(room(state), held);
    }
  }

  @Override
  public List<MoveState> abandoned() {
    if (map.isEmpty()) {
      return List.of();
    }
    Set<String> living = replica.living();
    List<MoveState> taken = new ArrayList<>();
    for (Map.Entry<String, byte[]> entry : map.entrySet()) {
      Held held = read(entry.getValue());
      if (!living.contains(held.replica())
          && map.replace(entry.getKey(), entry.getValue(), mine(held.state()))) {
        taken.add(held.state());
      }
    }
    return taken;
  }

  private static Held read(byte[] bytes) {
    return SessionCodec.read(bytes, Held.class);
  }

  private byte[] mine(MoveState state) {
    return SessionCodec.write(new Held(replica.name(), state));
  }

  private static String room(MoveState state) {
    return state.site() + "\n" + state.room();
  }
}
