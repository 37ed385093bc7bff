package dev.weir.relay.session;

import dev.weir.relay.Layer;
import dev.weir.relay.LegLimits;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import livekit.LivekitModels.TrackInfo;
import org.jspecify.annotations.Nullable;

/** The tracks of a leg that are relayed, and what each pull shall subscribe for them. */
final class SourceTracks {
  private final Map<String, TrackRelay> bySid = new LinkedHashMap<>();
  private final Factory factory;

  /** Makes the relay of a track that was not there before. */
  @FunctionalInterface
  interface Factory {
    TrackRelay relay(String identity, TrackInfo info, TrackShape shape);
  }

  /**
   * What the pulls shall subscribe.
   *
   * @param holdsNanos how long that stays right if nobody says anything; -1 = for ever
   */
  record Wishes(Map<Layer, Map<String, PullSession.Wish>> byPull, long holdsNanos) {}

  SourceTracks(Factory factory) {
    this.factory = factory;
  }

  @Nullable TrackRelay get(String sid) {
    return bySid.get(sid);
  }

  Collection<TrackRelay> all() {
    return bySid.values();
  }

  List<TrackRelay> of(String identity) {
    return bySid.values().stream().filter(track -> track.identity().equals(identity)).toList();
  }

  /** Takes over what the source says now of the members that are relayed. */
  void follow(List<String> members, Roster roster, LegLimits limits, Consumer<String> refuse) {
    Set<String> live = new LinkedHashSet<>();
    for (String identity : members) {
      Roster.Present present = roster.get(identity);
      if (present == null) {
        continue;
      }
      if (present.tracks().size() > limits.tracksPerMember()) {
        refuse.accept("more tracks of a member than the limit of " + limits.tracksPerMember());
      }
      present.tracks().stream()
          .limit(limits.tracksPerMember())
          .forEach(info -> follow(identity, info, live));
    }
    bySid.keySet().retainAll(live);
  }

  private void follow(String identity, TrackInfo info, Set<String> live) {
    TrackRelay known = bySid.get(info.getSid());
    TrackShape shape = TrackShape.of(info).orElse(null);
    if (shape == null) {
      return;
    }
    if (known == null) {
      bySid.put(info.getSid(), factory.relay(identity, info, shape));
      live.add(info.getSid());
    } else if (known.shape().equals(shape)) {
      known.info(info);
      live.add(info.getSid());
    }
    // A track that changed its shape is dropped now and made anew by the next look.
  }

  /**
   * @param layersOfLink how many layers of a track the link carries
   */
  Wishes wishes(int layersOfLink, long now) {
    Map<Layer, Map<String, PullSession.Wish>> byPull = new EnumMap<>(Layer.class);
    long holds = -1;
    for (TrackRelay track : bySid.values()) {
      Set<Layer> pulled = track.demand().pulled(now);
      List<Layer> layers = track.shape().pulls();
      for (int i = 0; i < layers.size(); i++) {
        // On a thin link the higher layers stay at the source.
        boolean enabled = !track.video() || pulled.contains(layers.get(i)) && layersOfLink > i;
        byPull
            .computeIfAbsent(layers.get(i), layer -> new LinkedHashMap<>())
            .put(track.sid(), new PullSession.Wish(enabled));
      }
      long changes = track.demand().changesIn(now);
      holds = changes < 0 ? holds : holds < 0 ? changes : Math.min(holds, changes);
    }
    return new Wishes(byPull, holds);
  }
}
