package dev.weir.service.delegation.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.service.delegation.TimeLine;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.Ending;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Snapshot;
import dev.weir.session.delegation.Verb;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What every database must do. */
abstract class JobStoreContract {
  static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
  static final long MILLIS = NOW.toEpochMilli();
  private static final JobKey KEY = new JobKey("a", "!r:a", "m.call#ROOM", "@ü:a", "D\"'");

  abstract DataSource source();

  JobStore store() {
    return new JdbcJobStore(source(), new TimeLine(() -> 0, () -> NOW));
  }

  private static Delegation delegation(String id) {
    return new Delegation(
        KEY, id, 10_000, "state", Set.of("@ü:a:D", "h+/a"), Set.of("home", "annex"));
  }

  @Test
  void keepsADelegation() throws StoreAway {
    store().insert(delegation("one"), MILLIS + 10_000);
    assertThat(store().load())
        .containsExactly(
            new Snapshot(
                KEY,
                List.of(
                    new Snapshot.Kept(
                        "one",
                        10_000,
                        "state",
                        new JobState.Waiting(MILLIS + 10_000, false),
                        MILLIS + 10_000,
                        false)),
                Set.of("@ü:a:D", "h+/a"),
                Set.of("home", "annex"),
                Set.of()));
  }

  @Test
  void theSameDelegationAgainForgetsNothing() throws StoreAway {
    JobStore store = store();
    store.insert(delegation("one"), MILLIS + 10_000);
    Snapshot.Kept connected =
        new Snapshot.Kept("one", 10_000, "state", new JobState.Connected(), MILLIS + 12_000, true);
    Snapshot snapshot =
        new Snapshot(KEY, List.of(connected), Set.of("i"), Set.of("r"), Set.of("zero"));
    store.apply(List.of(new JobStore.Change.Keep(snapshot, connected)));
    store.insert(delegation("one"), MILLIS + 99_000);
    assertThat(store.load()).containsExactly(snapshot);
  }

  @Test
  void bringsEveryStateBack() throws StoreAway {
    JobStore store = store();
    List<JobState> states =
        List.of(
            new JobState.Waiting(MILLIS + 5, true),
            new JobState.Connected(),
            new JobState.Leaving(MILLIS + 7, JobState.NEVER),
            new JobState.Replaced(Verb.CANCEL, MILLIS + 9),
            new JobState.Replaced(Verb.SEND, MILLIS + 9),
            new JobState.Ended(Ending.SENT));
    List<JobStore.Change> changes = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      Snapshot.Kept job = new Snapshot.Kept("d" + i, 10_000, "state", states.get(i), MILLIS, true);
      JobKey key = new JobKey("a", "!r:a", "slot" + i, "@u:a", "D");
      changes.add(
          new JobStore.Change.Keep(
              new Snapshot(key, List.of(job), Set.of(), Set.of(), Set.of()), job));
    }
    store.apply(changes);
    assertThat(store.load())
        .flatExtracting(Snapshot::jobs)
        .extracting(Snapshot.Kept::state)
        .containsExactlyInAnyOrderElementsOf(states);
  }

  @Test
  void putsTheCurrentEventOfAMemberLast() throws StoreAway {
    JobStore store = store();
    Snapshot.Kept old =
        new Snapshot.Kept(
            "old",
            10_000,
            "state",
            new JobState.Replaced(Verb.CANCEL, MILLIS + 9),
            MILLIS + 99_000,
            true);
    Snapshot snapshot = new Snapshot(KEY, List.of(old), Set.of("i"), Set.of("r"), Set.of("old"));
    store.insert(delegation("new"), MILLIS + 10_000);
    store.apply(List.of(new JobStore.Change.Keep(snapshot, old)));
    assertThat(store.load())
        .singleElement()
        .satisfies(
            loaded ->
                assertThat(loaded.jobs())
                    .extracting(Snapshot.Kept::delayId)
                    .containsExactly("old", "new"));
  }

  @Test
  void removesWhatIsOver() throws StoreAway {
    JobStore store = store();
    store.insert(delegation("one"), MILLIS + 10_000);
    store.apply(List.of(new JobStore.Change.Remove(KEY, "one")));
    assertThat(store.load()).isEmpty();
  }

  @Test
  void remembersTheLastBeatOfAnyReplica() throws StoreAway {
    JobStore store = store();
    assertThat(store.lastBeat()).isZero();
    store.beat("r1", MILLIS);
    store.beat("r2", MILLIS + 500);
    store.beat("r1", MILLIS + 300);
    assertThat(store.lastBeat()).isEqualTo(MILLIS + 500);
  }

  @Test
  void twoReplicasMayMakeTheTables() throws StoreAway {
    store().insert(delegation("one"), MILLIS);
    assertThat(store().load()).hasSize(1);
  }
}
