package dev.weir.session.slot;

import dev.weir.session.Site;
import dev.weir.session.view.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Peers that have forgotten a slot. Who has somebody in a slot announces it, so a peer that is
 * there, of whose members we hold live records, and that does not announce the slot, has lost what
 * it knew: nobody will ever tell us that those members left. It has a while to look at its nodes
 * first, because a router that restarts knows nothing for a moment.
 */
public final class Unannounced {
  static final Duration GRACE = Duration.ofSeconds(30);

  private Unannounced() {}

  /** Whether it is news for the slot that a peer does, or does not, announce it. */
  public static boolean isNews(SlotState state, Site peer, boolean has) {
    boolean matched = state.matched().contains(peer);
    boolean waits = state.unannounced().containsKey(peer);
    return has ? !matched || waits : matched || (!waits && holdsLive(state, peer));
  }

  static SlotState noted(SlotState state, Site peer, boolean has, Instant now) {
    if (has || !holdsLive(state, peer)) {
      return forgotten(state, peer);
    }
    return state.unannounced().containsKey(peer) ? state : with(state, peer, now);
  }

  static SlotState forgotten(SlotState state, Site peer) {
    Map<Site, Instant> fewer = new HashMap<>(state.unannounced());
    return fewer.remove(peer) == null ? state : state.withUnannounced(fewer);
  }

  /** What a peer does not say while it is away is no evidence: then it has another while. */
  static SlotState expire(SlotState before, Instant now) {
    SlotState state = before;
    for (Map.Entry<Site, Instant> entry : before.unannounced().entrySet()) {
      Site peer = entry.getKey();
      if (!entry.getValue().plus(GRACE).isAfter(now)) {
        if (!holdsLive(state, peer)) {
          state = forgotten(state, peer);
        } else if (state.connected().contains(peer)) {
          state = forgotten(state.withView(state.view().without(peer)), peer);
        } else {
          state = with(state, peer, now);
        }
      }
    }
    return state;
  }

  static @Nullable Instant wakeAt(SlotState state) {
    return state.unannounced().values().stream()
        .min(Instant::compareTo)
        .map(since -> since.plus(GRACE))
        .orElse(null);
  }

  private static SlotState with(SlotState state, Site peer, Instant since) {
    Map<Site, Instant> more = new HashMap<>(state.unannounced());
    more.put(peer, since);
    return state.withUnannounced(more);
  }

  private static boolean holdsLive(SlotState state, Site peer) {
    return state.view().writers().getOrDefault(peer, Writer.EMPTY).records().values().stream()
        .anyMatch(held -> !held.record().left());
  }
}
