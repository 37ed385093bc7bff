package dev.weir.service.legs;

import dev.weir.relay.LegState.Phase;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the legs of all replicas are doing: the replica that a client's request comes to is rarely
 * the one that runs the leg.
 */
public interface LegPhases {
  /** Must not block. */
  void put(String legId, Phase phase);

  /** The leg has ended here. Must not block. */
  void forget(String legId);

  /** Empty when no replica has said anything of it. May block. */
  Optional<Phase> of(String legId);

  /** For a deployment of one process. */
  static LegPhases inMemory() {
    Map<String, Phase> phases = new ConcurrentHashMap<>();
    return new LegPhases() {
      @Override
      public void put(String legId, Phase phase) {
        phases.put(legId, phase);
      }

      @Override
      public void forget(String legId) {
        phases.remove(legId);
      }

      @Override
      public Optional<Phase> of(String legId) {
        return Optional.ofNullable(phases.get(legId));
      }
    };
  }
}
