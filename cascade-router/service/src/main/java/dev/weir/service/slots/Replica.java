package dev.weir.service.slots;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.weir.service.config.ProcessRole;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * This process among the others.
 *
 * <p>Work that one replica should do for a key belongs to the living replica, of those with the
 * right role, that scores highest with the key: all replicas come to the same answer without
 * asking, and when one goes only its keys change hands.
 */
@Singleton
public final class Replica {
  static final String NAME = "weir.replica";
  static final String ROLES = "weir.roles";

  private final HazelcastInstance hazelcast;

  public Replica(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
  }

  /** A name that no other replica has or had; it stays when a split cluster is joined again. */
  public String name() {
    return name(hazelcast.getCluster().getLocalMember());
  }

  /** Names of all replicas that are there, this one too. */
  public Set<String> living() {
    return all().stream().map(Replica::name).collect(Collectors.toSet());
  }

  /** Whether work for this key, that any replica can do, is ours now. */
  public boolean owns(String key) {
    return isMine(all(), key);
  }

  /** Whether work for this key, that takes a replica with this role, is ours now. */
  public boolean owns(ProcessRole role, String key) {
    return isMine(with(role), key);
  }

  public int members() {
    return all().size();
  }

  /** How many replicas have this role. */
  public int members(ProcessRole role) {
    return with(role).size();
  }

  private Collection<Member> all() {
    try {
      return hazelcast.getCluster().getMembers();
    } catch (HazelcastInstanceNotActiveException e) {
      // On the way out: the others own everything.
      return List.of();
    }
  }

  private List<Member> with(ProcessRole role) {
    return all().stream().filter(member -> has(member, role)).toList();
  }

  private static boolean has(Member member, ProcessRole role) {
    String roles = member.getAttribute(ROLES);
    return roles == null || Arrays.asList(roles.split(",")).contains(role.word());
  }

  private static String name(Member member) {
    return Optional.ofNullable(member.getAttribute(NAME)).orElse(member.getUuid().toString());
  }

  private static boolean isMine(Collection<Member> members, String key) {
    @Nullable Member best = null;
    long highest = 0;
    for (Member member : members) {
      long score = score(name(member), key);
      if (best == null || score > highest) {
        best = member;
        highest = score;
      }
    }
    return best != null && best.localMember();
  }

  private static long score(String replica, String key) {
    long hash = 0xcbf29ce484222325L;
    hash = mixed(replica, hash);
    hash = mixed(key, hash);
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }

  private static long mixed(String text, long hash) {
    long mixed = hash;
    for (int i = 0; i < text.length(); i++) {
      mixed = (mixed ^ text.charAt(i)) * 0x100000001b3L;
    }
    return mixed;
  }
}
