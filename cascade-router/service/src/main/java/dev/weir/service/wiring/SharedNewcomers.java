package dev.weir.service.wiring;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.service.gate.Newcomers;
import dev.weir.service.gate.RoomKey;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Who has knocked last, at whichever replica. */
@Singleton
final class SharedNewcomers implements Newcomers {
  private static final Logger LOG = Logger.getLogger(SharedNewcomers.class);
  private static final long REMEMBERED_MINUTES = 2;

  private final IMap<String, Long> map;

  SharedNewcomers(HazelcastInstance hazelcast) {
    this.map = hazelcast.getMap("weir.newcomers");
  }

  @Override
  public void knocked(RoomKey room, String identity, long order) {
    // Not waited for: it is asked for seconds later, if at all.
    var unused = map.setAsync(key(room, identity), order, REMEMBERED_MINUTES, TimeUnit.MINUTES);
  }

  @Override
  public void tookBack(RoomKey room, String identity, long order) {
    // Only this knock is taken back, never a later one: Hazelcast has that as a blocking call.
    Thread.startVirtualThread(() -> takeBack(key(room, identity), order));
  }

  private void takeBack(String key, long order) {
    try {
      map.remove(key, order);
    } catch (HazelcastException goingDown) {
      LOG.debugf(goingDown, "A knock was not taken back, it is forgotten in a while");
    }
  }

  @Override
  public CompletionStage<Boolean> knockedAfter(RoomKey room, String identity, long order) {
    return map.getAsync(key(room, identity)).thenApply(newest -> newest != null && newest > order);
  }

  private static String key(RoomKey room, String identity) {
    return room.site() + "\n" + room.room() + "\n" + identity;
  }
}
