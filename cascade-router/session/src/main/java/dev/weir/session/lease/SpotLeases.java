package dev.weir.session.lease;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The leases of one room at one place. LiveKit removes the older of two equal identities; so a
 * relay is refused while a native is there or coming, and a coming native waits a moment for the
 * relay to leave.
 *
 * @param held leases by identity
 * @param upgrading who is being let in at the gate; one identity may be let in twice at a time
 */
public record SpotLeases(Map<String, Lease> held, Set<Upgrading> upgrading) {
  /** How long an upgrade waits for the relay to leave. */
  public static final Duration LEAVE_WITHIN = Duration.ofMillis(300);

  /** An upgrade of which nobody says that it is over, because its gate has died, is forgotten. */
  public static final Duration UPGRADE_LASTS = Duration.ofSeconds(30);

  public static final SpotLeases NONE = new SpotLeases(Map.of(), Set.of());

  /**
   * One way in at the gate.
   *
   * @param until when it is forgotten at the latest
   */
  public record Upgrading(String identity, Instant until) {
    public static Upgrading beginning(String identity, Instant now) {
      return new Upgrading(identity, now.plus(UPGRADE_LASTS));
    }
  }

  public SpotLeases {
    held = Map.copyOf(held);
    upgrading = Set.copyOf(upgrading);
  }

  /** Outcome of a relay's request. */
  public record Granted(SpotLeases leases, boolean granted) {}

  /** A relay asks to publish an identity here. */
  public Granted request(
      String identity,
      String holder,
      long fence,
      Set<String> natives,
      boolean movePending,
      Instant now) {
    SpotLeases current = expire(now);
    @Nullable Lease lease = current.held.get(identity);
    boolean taken =
        lease != null
            && (lease.holder().equals(holder)
                // A higher fence is a later owner of the same leg: the earlier one may be dead, and
                // then nobody would ever give back what was revoked from it.
                ? lease.fence() > fence
                    || (lease.state() == Lease.State.REVOKED && lease.fence() == fence)
                : lease.state() == Lease.State.REVOKED || lease.fence() >= fence);
    if (taken || movePending || natives.contains(identity) || current.isUpgrading(identity)) {
      return new Granted(current, false);
    }
    return new Granted(
        current.with(identity, new Lease(holder, fence, Lease.State.HELD, Instant.EPOCH)), true);
  }

  /** What an upgrade at the gate has to do. */
  public sealed interface Upgrade {
    SpotLeases leases();

    /** Nobody holds the identity: let the client in. */
    record Proceed(SpotLeases leases) implements Upgrade {}

    /** Tell the holder to leave; let the client in when it has, or at the given time. */
    record AfterRelay(SpotLeases leases, Lease lease, Instant atLatest) implements Upgrade {}
  }

  /** A native client with this identity is about to be let in. */
  public Upgrade upgrade(Upgrading begins, Instant now) {
    String identity = begins.identity();
    SpotLeases current = expire(now).with(begins);
    @Nullable Lease lease = current.held.get(identity);
    if (lease == null) {
      return new Upgrade.Proceed(current);
    }
    Instant revokedAt = lease.state() == Lease.State.REVOKED ? lease.revokedAt() : now;
    Lease revoked = new Lease(lease.holder(), lease.fence(), Lease.State.REVOKED, revokedAt);
    Instant atLatest = revokedAt.plus(LEAVE_WITHIN);
    SpotLeases leases = current.with(identity, revoked);
    return now.isBefore(atLatest)
        ? new Upgrade.AfterRelay(leases, revoked, atLatest)
        : new Upgrade.Proceed(leases);
  }

  /** The client's way in is over: it is natively there, or has given up. */
  public SpotLeases upgraded(Upgrading over) {
    Set<Upgrading> fewer = new HashSet<>(upgrading);
    fewer.remove(over);
    return new SpotLeases(held, fewer);
  }

  private boolean isUpgrading(String identity) {
    return upgrading.stream().anyMatch(upgrade -> upgrade.identity().equals(identity));
  }

  /** The relay has left. Only its own lease ends by that. */
  public SpotLeases release(String identity, String holder, long fence) {
    @Nullable Lease lease = held.get(identity);
    if (lease == null || !lease.holder().equals(holder) || lease.fence() > fence) {
      return this;
    }
    Map<String, Lease> fewer = new HashMap<>(held);
    fewer.remove(identity);
    return new SpotLeases(fewer, upgrading);
  }

  /**
   * The leases of two replicas that could not hear each other: the higher fence holds, a revocation
   * stands, and whoever is on the way in to either of them is.
   */
  public static SpotLeases reunited(SpotLeases one, SpotLeases other) {
    Map<String, Lease> held = new HashMap<>(one.held);
    other.held.forEach((identity, lease) -> held.merge(identity, lease, SpotLeases::stronger));
    Set<Upgrading> upgrading = new HashSet<>(one.upgrading);
    upgrading.addAll(other.upgrading);
    return new SpotLeases(held, upgrading);
  }

  private static Lease stronger(Lease one, Lease other) {
    return Comparator.comparingLong(Lease::fence)
                .thenComparing(Lease::state)
                .thenComparing(Lease::revokedAt)
                .thenComparing(Lease::holder)
                .compare(one, other)
            >= 0
        ? one
        : other;
  }

  /** Whether the holder may still publish. */
  public boolean isHeldBy(String identity, String holder, long fence) {
    @Nullable Lease lease = held.get(identity);
    return lease != null
        && lease.state() == Lease.State.HELD
        && lease.holder().equals(holder)
        && lease.fence() == fence;
  }

  @JsonIgnore
  public boolean isEmpty() {
    return held.isEmpty() && upgrading.isEmpty();
  }

  private SpotLeases expire(Instant now) {
    if (upgrading.stream().allMatch(upgrade -> upgrade.until().isAfter(now))) {
      return this;
    }
    Set<Upgrading> fewer = new HashSet<>(upgrading);
    fewer.removeIf(upgrade -> !upgrade.until().isAfter(now));
    return new SpotLeases(held, fewer);
  }

  private SpotLeases with(String identity, Lease lease) {
    Map<String, Lease> more = new HashMap<>(held);
    more.put(identity, lease);
    return new SpotLeases(more, upgrading);
  }

  private SpotLeases with(Upgrading upgrade) {
    Set<Upgrading> more = new HashSet<>(upgrading);
    more.add(upgrade);
    return new SpotLeases(held, more);
  }
}
