package dev.weir.session.world;

import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.Spot;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An unmodified client, by what is known of real ones. A multi-SFU client publishes at its own
 * focus and opens one connection for each focus that it computes for the others. A legacy client
 * has one connection, to the focus of the member that it takes for the oldest, and publishes there.
 * Both break ties of age by the order in which events reached them, which differs for each.
 */
final class SimClient {
  /** A LiveKit connection of this client. */
  record Connection(Site focus, Spot spot, String identity, String sid, Role role) {}

  final Member member;
  final Site home;
  final boolean legacy;
  final int eventOrder;
  final Map<Site, Connection> connections = new TreeMap<>();
  boolean publishes;
  long createdAt;
  boolean inCall;

  SimClient(Member member, Site home, boolean legacy, boolean publishes, int eventOrder) {
    this.member = member;
    this.home = home;
    this.legacy = legacy;
    this.publishes = publishes;
    this.eventOrder = eventOrder;
  }

  /** The member that this client takes for the oldest. */
  private SimClient oldest(List<SimClient> everybody) {
    return everybody.stream()
        .filter(other -> other.inCall)
        .min(
            Comparator.<SimClient>comparingLong(other -> other.createdAt)
                .thenComparing(other -> shuffled(other.member.toString())))
        .orElse(this);
  }

  /** Stands for the order in which events arrived here. */
  private int shuffled(String name) {
    return (name.hashCode() ^ eventOrder) * 0x9E3779B1;
  }

  /** The focus at which this client expects to find the media of another. */
  Site focusOf(SimClient other, List<SimClient> everybody) {
    return other.legacy ? oldest(everybody).home : other.home;
  }

  /** The foci that this client wants to be connected to now. */
  Set<Site> wantedFoci(List<SimClient> everybody) {
    Set<Site> foci = new TreeSet<>();
    if (!inCall) {
      return foci;
    }
    if (legacy) {
      foci.add(oldest(everybody).home);
      return foci;
    }
    foci.add(home);
    for (SimClient other : everybody) {
      if (other.inCall && other != this) {
        foci.add(focusOf(other, everybody));
      }
    }
    return foci;
  }

  /** Where this client looks for the media of another. */
  @Nullable Connection looksIn(SimClient other, List<SimClient> everybody) {
    return legacy
        ? connections.values().stream().findFirst().orElse(null)
        : connections.get(focusOf(other, everybody));
  }

  /** The connection in which this client publishes, if it does. */
  @Nullable Connection publishesIn() {
    if (!publishes || !inCall) {
      return null;
    }
    return legacy ? connections.values().stream().findFirst().orElse(null) : connections.get(home);
  }

  @Override
  public String toString() {
    return member.user() + "/" + member.device() + (legacy ? " (legacy)" : "");
  }
}
