package dev.weir.service.peering.wiring;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.map.IMap;
import dev.weir.relay.LegState.Phase;
import dev.weir.service.legs.LegPhases;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The phases of all replicas' legs. What a lost replica has said is forgotten in time. */
final class SharedLegPhases implements LegPhases {
  private static final long REMEMBERED_MINUTES = 60;

  private final IMap<String, String> map;

  SharedLegPhases(HazelcastInstance hazelcast) {
    this.map = hazelcast.getMap("weir.leg-phases");
  }

  @Override
  public void put(String legId, Phase phase) {
    quietly(() -> map.setAsync(legId, phase.name(), REMEMBERED_MINUTES, TimeUnit.MINUTES));
  }

  @Override
  public void forget(String legId) {
    quietly(() -> map.removeAsync(legId));
  }

  private static void quietly(Runnable work) {
    try {
      work.run();
    } catch (HazelcastInstanceNotActiveException e) {
      // On the way out: whoever takes the leg over speaks for it.
    }
  }

  /** A phase of a newer replica that we have no word for says nothing. */
  @Override
  public Optional<Phase> of(String legId) {
    return Optional.ofNullable(map.get(legId))
        .flatMap(
            name ->
                Arrays.stream(Phase.values()).filter(phase -> phase.name().equals(name)).findAny());
  }
}
