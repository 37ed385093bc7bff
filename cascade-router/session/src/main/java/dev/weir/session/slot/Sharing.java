package dev.weir.session.slot;

import dev.weir.session.Site;
import dev.weir.session.view.Held;
import dev.weir.session.view.MemberRecord;
import java.util.Set;
import java.util.TreeSet;

/** Which other sites a slot concerns. */
public final class Sharing {
  private Sharing() {}

  /** Every site that is known to be in the slot; the service syncs with those that are peers. */
  public static Set<Site> peers(SlotState state) {
    Set<Site> sites = new TreeSet<>(state.view().writers().keySet());
    state.view().hints().values().forEach(sites::addAll);
    sites.addAll(state.view().hints().keySet());
    sites.addAll(state.admitted().keySet());
    sites.addAll(state.matched());
    state.clients().values().forEach(facts -> sites.addAll(facts.asked().keySet()));
    for (Held held : state.view().live()) {
      sites.add(held.record().home());
      sites.add(held.record().focus());
    }
    state.attachments().values().forEach(a -> sites.add(a.focus()));
    state.elsewhere().forEach(annex -> sites.add(annex.room().focus()));
    sites.remove(state.self());
    return sites;
  }

  /** Whom a record of ours is to be sent to, as far as they are peers. */
  public static Set<Site> audience(SlotState state, MemberRecord record) {
    Set<Site> sites = peers(state);
    sites.removeIf(site -> !record.concerns(site));
    return sites;
  }

  /** The hint for one site: the other sites that are in the slot through our focus. */
  public static Set<Site> hintFor(SlotState state, Site peer) {
    Set<Site> sites = throughUs(state);
    sites.remove(peer);
    return sites;
  }

  /** Of the sites in a hint, those whose users publish through our focus. */
  public static Set<Site> guestHintFor(SlotState state, Site peer) {
    Set<Site> sites = guestsOfOurs(state);
    sites.remove(peer);
    return sites;
  }

  /** Other sites that have guests of a foreign focus, as far as it told us. */
  public static Set<Site> guestSitesOf(SlotState state, Site focus) {
    return state.view().guestSites().getOrDefault(focus, Set.of());
  }

  /** Guests stay with their home site; whom we host ourselves, others get from us. */
  static Set<Site> guestsOfOurs(SlotState state) {
    Set<Site> sites = new TreeSet<>();
    for (Held held : state.view().live()) {
      if (held.record().focus().equals(state.self()) && !held.record().hosted()) {
        sites.add(held.record().home());
      }
    }
    sites.remove(state.self());
    return sites;
  }

  static Set<Site> throughUs(SlotState state) {
    Set<Site> sites = new TreeSet<>(state.admitted().keySet());
    for (Held held : state.view().live()) {
      if (held.record().focus().equals(state.self())) {
        sites.add(held.record().home());
      }
    }
    sites.remove(state.self());
    return sites;
  }
}
