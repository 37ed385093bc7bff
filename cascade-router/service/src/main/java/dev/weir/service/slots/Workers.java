package dev.weir.service.slots;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Which process does the work of a key. Gates are members of the shared memory too, and keep their
 * part of it when a router restarts, but only routers work.
 *
 * <p>The owner of the key's partition works if it is a router. A gate's keys are spread over the
 * routers by their hash, so that all processes come to the same answer without asking each other.
 */
public final class Workers {
  private static final String IDLE = "weir.idle";

  private Workers() {}

  /** Tells the others whether this process works. */
  static void announce(Config config, Set<String> roles) {
    if (!roles.contains("router")) {
      config.getMemberAttributeConfig().setAttribute(IDLE, "true");
    }
  }

  /** True when every process works: then each works on what it keeps. */
  public static boolean allWork(HazelcastInstance hazelcast) {
    return hazelcast.getCluster().getMembers().stream().allMatch(Workers::works);
  }

  /**
   * Whether this process does the work of a key now.
   *
   * @param whenNobodyKeepsIt the answer while the key's partition has no owner
   */
  public static boolean isOurs(HazelcastInstance hazelcast, String key, boolean whenNobodyKeepsIt) {
    Member owner = hazelcast.getPartitionService().getPartition(key).getOwner();
    if (owner == null) {
      return whenNobodyKeepsIt && works(hazelcast.getCluster().getLocalMember());
    }
    if (works(owner)) {
      return owner.localMember();
    }
    List<Member> workers =
        hazelcast.getCluster().getMembers().stream()
            .filter(Workers::works)
            .sorted(Comparator.comparing(Member::getUuid))
            .toList();
    return !workers.isEmpty()
        && workers.get(Math.floorMod(key.hashCode(), workers.size())).localMember();
  }

  private static boolean works(Member member) {
    return !Objects.equals(member.getAttribute(IDLE), "true");
  }
}
