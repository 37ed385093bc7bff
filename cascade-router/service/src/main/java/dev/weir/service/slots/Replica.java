package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import jakarta.inject.Singleton;

/** This router process among the others. */
@Singleton
public final class Replica {
  private final HazelcastInstance hazelcast;

  Replica(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
  }

  public String name() {
    return hazelcast.getCluster().getLocalMember().getUuid().toString();
  }

  /** Whether work that exactly one replica should do for this key is ours now. */
  public boolean owns(String key) {
    return Workers.isOurs(hazelcast, key, false);
  }

  public int members() {
    return hazelcast.getCluster().getMembers().size();
  }
}
