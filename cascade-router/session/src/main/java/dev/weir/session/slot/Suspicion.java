package dev.weir.session.slot;

import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Role;
import dev.weir.session.Site;
import dev.weir.session.view.Held;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds our legacy members by what they do. A guest that publishes, or that has nothing at its own
 * site, is legacy at once. A member at its own focus is suspect when, for 3 s, a connected peer's
 * focus has had publishers that it neither came to view nor asked for, or for 6 s since it asked;
 * whoever joins a view annex is cleared. Whatever a membership event declares outranks suspicion,
 * never what is seen.
 */
final class Suspicion {
  private Suspicion() {}

  /**
   * Foreign foci in which a multi-SFU client would be by now, with the time since we know of them:
   * those that have members, and those that somebody views, for viewers may expect a legacy member
   * where nobody is. A peer that comes back starts anew, because its focus may have served our
   * clients directly meanwhile.
   */
  static Map<Site, Instant> foci(
      SlotState state, Collection<Held> live, Set<Site> reconnected, Instant now) {
    Set<Site> foci = new HashSet<>(state.view().hints().keySet());
    for (Held held : live) {
      foci.add(held.record().focus());
    }
    for (Attachment attachment : state.attachments().values()) {
      if (attachment.role() == Role.VIEW) {
        foci.add(attachment.focus());
      }
    }
    foci.remove(state.self());
    Map<Site, Instant> since = new HashMap<>();
    for (Site focus : foci) {
      Instant known = state.focusSince().getOrDefault(focus, now);
      since.put(focus, reconnected.contains(focus) ? now : known);
    }
    return since;
  }

  /** The state with suspicion judged anew, and the next time at which that could change. */
  static Judged judge(SlotState state, SlotPolicy policy, Instant now) {
    Map<Client, List<Attachment>> byClient = byClient(state);
    Map<Client, ClientFacts> facts = state.clients();
    @Nullable Map<Client, ClientFacts> changed = null;
    @Nullable Instant wake = null;
    for (Map.Entry<Client, List<Attachment>> entry : byClient.entrySet()) {
      ClientFacts known = facts.getOrDefault(entry.getKey(), ClientFacts.NONE);
      @Nullable Instant due = dueAt(state, policy, known, entry.getValue());
      ClientFacts judged = known;
      if (due != null && due.isAfter(now)) {
        wake = earlier(wake, due);
        due = null;
      }
      if (due != null) {
        if (known.suspect()) {
          judged = known.withSuspicion(true, Instant.EPOCH);
        } else if (policy.suspicions().mayNow(now)) {
          judged = known.withSuspicion(true, Instant.EPOCH);
        } else {
          wake = earlier(wake, now.plusSeconds(1));
        }
      } else if (known.suspect()) {
        Instant until =
            known.suspectUntil().equals(Instant.EPOCH)
                ? now.plus(policy.suspicionLingers())
                : known.suspectUntil();
        boolean over = !until.isAfter(now);
        judged = known.withSuspicion(!over, over ? Instant.EPOCH : until);
        wake = over ? wake : earlier(wake, until);
      }
      if (!judged.equals(known)) {
        if (changed == null) {
          changed = new HashMap<>(facts);
        }
        changed.put(entry.getKey(), judged);
      }
    }
    return new Judged(changed == null ? state : state.withClients(changed), wake);
  }

  /** When this client becomes suspect, or null if nothing speaks against it. */
  private static @Nullable Instant dueAt(
      SlotState state, SlotPolicy policy, ClientFacts facts, List<Attachment> attachments) {
    if (facts.multiSfu() || facts.declared() != Declared.UNKNOWN) {
      return null;
    }
    @Nullable Instant joined = null;
    Set<Site> visited = new HashSet<>(facts.direct());
    for (Attachment attachment : attachments) {
      switch (attachment.role()) {
        case OWN -> joined = earlier(joined, attachment.joinedAt());
        case VIEW -> visited.add(attachment.focus());
        case GUEST, DIRECT, RESTRICTED -> {}
      }
    }
    if (joined == null) {
      return null;
    }
    @Nullable Instant first = null;
    for (Map.Entry<Site, Instant> focus : state.focusSince().entrySet()) {
      // While a peer is away nobody becomes suspect because of it, and nobody is cleared.
      boolean counts = facts.suspect() || state.connected().contains(focus.getKey());
      if (counts && !visited.contains(focus.getKey())) {
        Instant since = later(joined, focus.getValue());
        @Nullable Instant asked = facts.asked().get(focus.getKey());
        first =
            earlier(
                first,
                asked == null
                    ? since.plus(policy.suspicionAfter())
                    : later(since, asked).plus(policy.suspicionAfterAsking()));
      }
    }
    return first;
  }

  /** Whether a client with these attachments, in the order of their keys, is legacy. */
  static boolean isLegacy(ClientFacts facts, List<Attachment> attachments) {
    boolean own = false;
    boolean guest = false;
    for (Attachment attachment : attachments) {
      if (attachment.role() == Role.GUEST) {
        if (attachment.publishes()) {
          return true;
        }
        guest = true;
      }
      own |= attachment.role() == Role.OWN;
    }
    if (guest && !own) {
      return true;
    }
    return switch (facts.declared()) {
      case LEGACY -> own;
      case MULTI_SFU -> false;
      case UNKNOWN -> own && facts.suspect();
    };
  }

  /** Attachments of each client, in an order that does not depend on their arrival. */
  static Map<Client, List<Attachment>> byClient(SlotState state) {
    Map<Client, List<Attachment>> byClient = new TreeMap<>();
    for (Attachment attachment : state.attachments().values()) {
      byClient.computeIfAbsent(attachment.client(), c -> new ArrayList<>(2)).add(attachment);
    }
    byClient.values().forEach(list -> list.sort(Comparator.comparing(Attachment::key)));
    return byClient;
  }

  static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  /** Outcome of {@link #judge}. */
  record Judged(SlotState state, @Nullable Instant wakeAt) {}
}
