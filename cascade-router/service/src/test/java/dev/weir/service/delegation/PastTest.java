package dev.weir.service.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.Fences;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.JobMachine;
import dev.weir.session.delegation.Timing;
import dev.weir.session.delegation.Track;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PastTest {
  private final Past past = new Past();

  @Test
  void knowsTheEventsOfWhoHadOneLately() {
    past.keep(track("alice", "d1"));
    past.keep(track("alice", "d2"));
    assertThat(past.of(key("alice"))).containsExactly("d2");
    assertThat(past.of(key("bob"))).isEmpty();
  }

  @Test
  void forgetsWhoEndedLongestAgo() {
    past.keep(track("first", "d"));
    past.keep(track("second", "d"));
    for (int i = 0; i < 9_998; i++) {
      past.keep(track("user" + i, "d"));
    }
    past.keep(track("first", "again"));
    past.keep(track("one more", "d"));
    assertThat(past.of(key("second"))).isEmpty();
    assertThat(past.of(key("first"))).containsExactly("again");
  }

  private static Track track(String user, String oldId) {
    return new Track(
        key(user), new JobMachine(new Timing(new Random(7))), new Fences(), Set.of(oldId));
  }

  private static JobKey key(String user) {
    return new JobKey("a", "!r:a", "m.call#ROOM", "@" + user + ":a", "D");
  }
}
