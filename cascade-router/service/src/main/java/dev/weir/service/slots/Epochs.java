package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.session.Site;
import dev.weir.session.view.Version;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/**
 * Gives out epochs: each is above all that this site gave out before and above what any peer has
 * seen of it.
 */
@Singleton
public final class Epochs {
  private final IMap<String, Long> highest;
  private final Replica replica;
  private final InstantSource clock;

  Epochs(HazelcastInstance hazelcast, Replica replica, InstantSource clock) {
    this.highest = hazelcast.getMap("weir.epochs");
    this.replica = replica;
    this.clock = clock;
  }

  /** The first version of a new epoch. */
  Version next(Site site) {
    while (true) {
      Long stored = highest.get(site.name());
      Version version =
          Version.newEpoch(stored == null ? 0 : stored, 0, clock.instant(), replica.name());
      boolean ours =
          stored == null
              ? highest.putIfAbsent(site.name(), version.epoch()) == null
              : highest.replace(site.name(), stored, version.epoch());
      if (ours) {
        return version;
      }
    }
  }

  /** The highest epoch that was given out, or seen by a peer. */
  public long highest(Site site) {
    Long stored = highest.get(site.name());
    return stored == null ? 0 : stored;
  }

  /** True when a peer has seen a higher epoch than we know of: our records must be written anew. */
  boolean raise(Site site, long seenByPeer) {
    while (true) {
      Long stored = highest.get(site.name());
      if (stored != null && stored >= seenByPeer) {
        return false;
      }
      boolean ours =
          stored == null
              ? highest.putIfAbsent(site.name(), seenByPeer) == null
              : highest.replace(site.name(), stored, seenByPeer);
      if (ours) {
        return true;
      }
    }
  }
}
