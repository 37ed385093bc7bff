package dev.weir.service.slots;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.weir.session.Member;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Hashes;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/**
 * Requests for a token of another site that our own homeserver has authenticated and that we have
 * passed on. When that site asks us for the same member a moment later, this is the proof that the
 * user has asked it.
 */
@Singleton
public final class PassedOn {
  /** Longer than two homeservers take to carry a request. */
  private static final long REMEMBERED_SECONDS = 60;

  private final IMap<String, Boolean> map;

  PassedOn(HazelcastInstance hazelcast) {
    this.map = hazelcast.getMap("weir.passed-on");
  }

  public void note(Site home, Site focus, SlotId slot, Member member) {
    map.set(key(home, focus, slot, member), true, REMEMBERED_SECONDS, TimeUnit.SECONDS);
  }

  public boolean knows(Site home, Site focus, SlotId slot, Member member) {
    return map.containsKey(key(home, focus, slot, member));
  }

  private static String key(Site home, Site focus, SlotId slot, Member member) {
    return Hashes.of(
        home.name(),
        focus.name(),
        slot.roomId(),
        slot.slotId(),
        member.user(),
        member.device(),
        member.memberId());
  }
}
