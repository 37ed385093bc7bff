package dev.weir.relay.session;

import dev.weir.relay.Layer;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which layers of one track are pulled: those that any target room wants, and for a while those
 * that were wanted lately, so that a viewer who scrolls does not make publishers restart their
 * encoders. Up at once, down after the hold.
 */
final class Demand {
  private final long holdNanos;
  private final Map<String, Set<Layer>> byTarget = new HashMap<>();
  private final EnumMap<Layer, Long> wantedUntil = new EnumMap<>(Layer.class);

  Demand(long holdNanos) {
    this.holdNanos = holdNanos;
  }

  /** A target room wants exactly these layers from now on. */
  void want(String target, Set<Layer> layers, long now) {
    Set<Layer> before =
        byTarget.put(
            target, layers.isEmpty() ? EnumSet.noneOf(Layer.class) : EnumSet.copyOf(layers));
    release(before, now);
  }

  /** A target room does not take the track any more. */
  void forget(String target, long now) {
    release(byTarget.remove(target), now);
  }

  private void release(@org.jspecify.annotations.Nullable Set<Layer> before, long now) {
    if (before != null) {
      for (Layer layer : before) {
        wantedUntil.put(layer, now + holdNanos);
      }
    }
  }

  /** The layers that some target wants now. */
  Set<Layer> wanted() {
    EnumSet<Layer> all = EnumSet.noneOf(Layer.class);
    byTarget.values().forEach(all::addAll);
    return all;
  }

  /** The layers to pull now. */
  Set<Layer> pulled(long now) {
    EnumSet<Layer> all = EnumSet.noneOf(Layer.class);
    all.addAll(wanted());
    wantedUntil.forEach(
        (layer, until) -> {
          if (until - now > 0) {
            all.add(layer);
          }
        });
    return all;
  }

  /** How long {@link #pulled} stays as it is if nobody says anything; -1 = for ever. */
  long changesIn(long now) {
    Set<Layer> wanted = wanted();
    long next = -1;
    for (Map.Entry<Layer, Long> entry : wantedUntil.entrySet()) {
      long left = entry.getValue() - now;
      if (left > 0 && !wanted.contains(entry.getKey()) && (next < 0 || left < next)) {
        next = left;
      }
    }
    return next;
  }
}
