package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SfuFailure;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Removes people from rooms, which is only done to those who may no longer be there. The gate
 * brings everybody else back whom a node removes.
 */
@Singleton
public final class Kicked {
  private static final Logger LOG = Logger.getLogger(Kicked.class);
  private static final Duration REMEMBERED = Duration.ofMinutes(2);

  private final IMap<String, Boolean> ordered;
  private final Fleet fleet;

  Kicked(HazelcastInstance hazelcast, Fleet fleet) {
    this.ordered = hazelcast.getMap("weir.kicked");
    this.fleet = fleet;
  }

  /** Whether its removal was ordered; does not block. */
  public CompletionStage<Boolean> ordered(RoomKey room, String identity) {
    return ordered.getAsync(room + "\n" + identity).thenApply(Objects::nonNull);
  }

  /** True when the node says that the participant was there. */
  public boolean kick(RoomKey room, String node, String identity) {
    ordered.set(room + "\n" + identity, true, REMEMBERED.toSeconds(), TimeUnit.SECONDS);
    Optional<SfuClient> client = fleet.client(node);
    if (client.isEmpty()) {
      return false;
    }
    try {
      return client.get().removeParticipant(room.room(), identity);
    } catch (SfuFailure e) {
      LOG.warnf("event=kick-failed node=%s problem=\"%s\"", node, e.getMessage());
      return false;
    }
  }
}
