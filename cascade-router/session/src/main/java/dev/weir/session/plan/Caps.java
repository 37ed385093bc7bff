package dev.weir.session.plan;

import dev.weir.session.Client;
import dev.weir.session.Site;
import dev.weir.session.Spot;
import dev.weir.session.view.Held;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keeps a plan within its bounds: who was there first stays, the newest are left out. "First" is
 * when this site saw a member, so that a peer cannot claim to be old.
 */
final class Caps {
  private static final Comparator<Held> OLDEST_FIRST =
      Comparator.comparing(Held::since).thenComparing(held -> held.record().client());

  private final PlanPolicy policy;
  private final Site self;

  Caps(PlanPolicy policy, Site self) {
    this.policy = policy;
    this.self = self;
  }

  /** The clients that their site's cap lets in. */
  Set<Client> admitPeers(Collection<Map<String, Planner.Want>> wanted) {
    Map<Site, Set<Held>> bySite = new HashMap<>();
    for (Map<String, Planner.Want> wants : wanted) {
      for (Planner.Want want : wants.values()) {
        bySite
            .computeIfAbsent(want.held().record().source().site(), s -> new TreeSet<>(OLDEST_FIRST))
            .add(want.held());
      }
    }
    Set<Client> admitted = new HashSet<>();
    bySite.forEach(
        (site, members) ->
            members.stream()
                .limit(
                    site.equals(self) ? Long.MAX_VALUE : policy.membersPerPeer().applyAsInt(site))
                .forEach(held -> admitted.add(held.record().client())));
    return admitted;
  }

  /** The wants of a room that both caps let in; the others are noted. */
  Map<String, Planner.Want> admitRoom(
      Spot target, Map<String, Planner.Want> wants, Set<Client> admitted, List<Omission> omitted) {
    List<Map.Entry<String, Planner.Want>> oldestFirst = new ArrayList<>(wants.entrySet());
    oldestFirst.sort(
        Comparator.<Map.Entry<String, Planner.Want>, Held>comparing(
                e -> e.getValue().held(), OLDEST_FIRST)
            .thenComparing(Map.Entry::getKey));
    Map<String, Planner.Want> kept = new HashMap<>();
    for (Map.Entry<String, Planner.Want> entry : oldestFirst) {
      var record = entry.getValue().held().record();
      boolean peerAllows = admitted.contains(record.client());
      if (peerAllows && kept.size() < policy.relayedPerRoom()) {
        kept.put(entry.getKey(), entry.getValue());
      } else {
        omitted.add(
            new Omission(
                record.client(),
                entry.getKey(),
                record.source(),
                target,
                peerAllows ? Omission.Cap.ROOM : Omission.Cap.PEER));
      }
    }
    return kept;
  }
}
