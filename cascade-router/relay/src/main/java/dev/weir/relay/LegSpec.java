package dev.weir.relay;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one leg shall be: one source room, and every room at this place that some of its members go
 * into.
 *
 * @param id stable for the life of the leg; an equal id updates the running leg
 * @param fence rises with every new owner of the leg; a session that was replaced by its own
 *     identity stays down until the fence has risen
 * @param source where grants for the three pulls come from
 * @param targets the rooms that are fed; a member crosses once however many rooms want it
 * @param limits what this leg may cost
 */
public record LegSpec(
    String id, long fence, PullSource source, List<LegTarget> targets, LegLimits limits) {
  public LegSpec {
    targets = List.copyOf(targets);
    if (targets.stream().map(LegTarget::key).distinct().count() != targets.size()) {
      throw new IllegalArgumentException("two targets of a leg have the same key");
    }
  }

  public LegSpec(String id, long fence, PullSource source, List<LegTarget> targets) {
    this(id, fence, source, targets, LegLimits.DEFAULT);
  }

  /** Every identity that any target wants. */
  public Set<String> identities() {
    return targets.stream()
        .flatMap(target -> target.identities().stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
