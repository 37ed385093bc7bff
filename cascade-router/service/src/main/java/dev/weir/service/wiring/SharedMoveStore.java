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
import java.util.stream.Collectors;

/** Moves in the shared memory: what a lost replica has begun, another one ends. */
@Singleton
final class SharedMoveStore implements MoveStore {
  /** Many times what a move takes; nothing is left behind by a replica that nobody outlived. */
  private static final long REMEMBERED_MINUTES = 10;

  private record Held(String replica, MoveState state) {}

  private final HazelcastInstance hazelcast;
  private final Replica replica;
  private final IMap<String, byte[]> map;

  SharedMoveStore(HazelcastInstance hazelcast, Replica replica) {
    this.hazelcast = hazelcast;
    this.replica = replica;
    this.map = hazelcast.getMap("weir.moves");
  }

  @Override
  public void put(MoveState state) {
    map.set(state.id(), mine(state), REMEMBERED_MINUTES, TimeUnit.MINUTES);
  }

  @Override
  public void remove(String id) {
    map.delete(id);
  }

  @Override
  public List<MoveState> abandoned() {
    if (map.isEmpty()) {
      return List.of();
    }
    Set<String> living =
        hazelcast.getCluster().getMembers().stream()
            .map(member -> member.getUuid().toString())
            .collect(Collectors.toSet());
    List<MoveState> taken = new ArrayList<>();
    for (Map.Entry<String, byte[]> entry : map.entrySet()) {
      Held held = SessionCodec.read(entry.getValue(), Held.class);
      if (!living.contains(held.replica())
          && map.replace(entry.getKey(), entry.getValue(), mine(held.state()))) {
        taken.add(held.state());
      }
    }
    return taken;
  }

  private byte[] mine(MoveState state) {
    return SessionCodec.write(new Held(replica.name(), state));
  }
}
