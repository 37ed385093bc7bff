package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.Evidence.Joined;
import dev.weir.session.delegation.Evidence.Left;
import dev.weir.session.delegation.Evidence.TokenIssued;
import dev.weir.session.delegation.Survey.NodeAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** When a track has the SFUs asked, and what it remembers of older events. */
class TrackAskingTest {
  private static final JobKey KEY = new JobKey("a", "!r:a", "m.call#ROOM", "@u:a", "D");
  private static final String ROOM = "home-room";
  private static final String ID = "@u:a:D";
  private static final long NOW = 1_000_000;

  private final Track track =
      new Track(KEY, new JobMachine(new Timing(new Random(7))), new Fences());

  private List<Step.Call> delegate(String id, long at) {
    return track.delegated(delegation(id), at);
  }

  private static Delegation delegation(String id) {
    return new Delegation(KEY, id, 10_000, "state", Set.of(ID), Set.of(ROOM));
  }

  private void connected() {
    delegate("one", NOW);
    assertThat(track.heard(new Joined(ROOM, "n1", ID, "PA_1", NOW), NOW))
        .extracting(Step.Call::verb)
        .containsExactly(Verb.RESTART);
    assertThat(track.answered("one", Verb.RESTART, new Answer.Done(), NOW, NOW)).isEmpty();
    track.asked(NOW);
  }

  private List<Step.Call> left(long at, LeaveReason reason) {
    return track.heard(new Left(ROOM, "n1", ID, "PA_1", reason), at);
  }

  private List<Step.Call> nobodyThere(long askedAt, long at) {
    return track.surveyed(
        new Survey(askedAt, Map.of(ROOM, Map.of("n1", new NodeAnswer.Listed(List.of(), 1)))), at);
  }

  @Test
  void nothingIsAskedAboutAMemberThatIsThere() {
    connected();
    assertThat(track.asksAt()).isEqualTo(JobState.NEVER);
    assertThat(track.current()).isPresent();
  }

  @Test
  void aDoubtIsAskedAboutAtOnceAndThenEverySecondUntilItIsOver() {
    connected();
    left(NOW + 500, LeaveReason.DUPLICATE_IDENTITY);
    assertThat(track.asksAt()).isEqualTo(NOW + 500);
    track.asked(NOW + 510);
    assertThat(track.asksAt()).isEqualTo(NOW + 1_510);
    assertThat(track.wakeAt(NOW + 510)).isEqualTo(NOW + 1_510);
    track.heard(new Joined(ROOM, "n1", ID, "PA_2", NOW + 600), NOW + 600);
    track.asked(NOW + 610);
    assertThat(track.asksAt()).isEqualTo(JobState.NEVER);
  }

  @Test
  void aClientThatDoesNotComeIsAskedAboutWhenItsTimeIsOver() {
    delegate("one", NOW);
    assertThat(track.asksAt()).as("it may be there already").isEqualTo(NOW);
    track.asked(NOW);
    assertThat(track.asksAt()).isEqualTo(JobState.NEVER);
    track.wake(NOW + 9_999);
    assertThat(track.asksAt()).isEqualTo(JobState.NEVER);
    track.wake(NOW + 9_999 + 1);
    assertThat(track.asksAt()).isEqualTo(NOW + 10_000);
  }

  @Test
  void lostWebhooksAreAskedAboutOnlyForAMemberThatHasAJob() {
    track.ask(NOW);
    assertThat(track.asksAt()).isEqualTo(JobState.NEVER);
    connected();
    track.ask(NOW + 70);
    assertThat(track.asksAt()).isEqualTo(NOW + 70);
    track.ask(NOW + 90);
    assertThat(track.asksAt()).as("the earlier question will do").isEqualTo(NOW + 70);
  }

  @Test
  void aMemberThatIsGoneForGoodIsNotAskedAbout() {
    connected();
    left(NOW + 500, LeaveReason.CLIENT_INITIATED);
    List<Step.Call> calls = nobodyThere(NOW + 510, NOW + 520);
    assertThat(calls).extracting(Step.Call::verb).containsExactly(Verb.SEND);
    assertThat(track.answered("one", Verb.SEND, new Answer.Done(), NOW + 520, NOW + 530)).isEmpty();
    assertThat(track.ended()).isTrue();
    assertThat(track.asksAt()).isEqualTo(JobState.NEVER);
    track.wake(NOW + 60_000);
    assertThat(track.asksAt()).isEqualTo(JobState.NEVER);
  }

  @Test
  void whatHasEndedIsToldOnce() {
    connected();
    assertThat(track.takeEnded()).isEmpty();
    assertThat(track.kicked(NOW)).isEmpty();
    assertThat(track.takeEnded())
        .extracting(job -> job.state())
        .containsExactly(new JobState.Ended(Ending.KICKED));
    assertThat(track.takeEnded()).isEmpty();
  }

  @Test
  void aCallThatWasAskedForEarlierIsOfUseOnlyWhileItsVerbIsWanted() {
    connected();
    assertThat(track.wants("one", Verb.RESTART)).isTrue();
    assertThat(track.wants("one", Verb.SEND)).isFalse();
    assertThat(track.wants("other", Verb.RESTART)).isFalse();
    delegate("two", NOW + 10);
    assertThat(track.wants("one", Verb.RESTART)).isFalse();
    assertThat(track.wants("one", Verb.CANCEL)).isTrue();
    assertThat(track.wants("two", Verb.RESTART)).isTrue();
    track.answered("one", Verb.CANCEL, new Answer.Done(), NOW + 10, NOW + 20);
    assertThat(track.wants("one", Verb.CANCEL)).isFalse();
    track.kicked(NOW + 30);
    assertThat(track.wants("two", Verb.RESTART)).isFalse();
  }

  @Test
  void aReplacedEventIsCancelledUntilTheHomeserverHasAnswered() {
    connected();
    assertThat(delegate("two", NOW + 10)).extracting(Step.Call::verb).contains(Verb.CANCEL);
    assertThat(track.replaced()).extracting(Job::delayId).containsExactly("one");
    track.answered("one", Verb.CANCEL, new Answer.Failed(), NOW + 10, NOW + 20);
    long again = track.replaced().getFirst().dueAt();
    assertThat(again).isGreaterThan(NOW + 20);
    assertThat(track.wake(again))
        .extracting(Step.Call::delayId, Step.Call::verb)
        .contains(org.assertj.core.api.Assertions.tuple("one", Verb.CANCEL));
    track.answered("one", Verb.CANCEL, new Answer.Done(), again, again + 5);
    assertThat(track.replaced()).isEmpty();
    assertThat(track.takeEnded()).extracting(Job::delayId).containsExactly("one");
  }

  @Test
  void aLateCopyOfAnEventThatIsOverReplacesNothing() {
    delegate("one", NOW);
    track.answered("one", Verb.RESTART, new Answer.Forgotten(), NOW + 10, NOW + 20);
    assertThat(track.ended()).isTrue();
    delegate("two", NOW + 30);
    assertThat(delegate("one", NOW + 40)).isEmpty();
    assertThat(track.current().map(Job::delayId)).contains("two");

    Track next =
        new Track(
            track.key(), new JobMachine(new Timing(new Random(7))), new Fences(), track.oldIds());
    next.delegated(delegation("two"), NOW + 50);
    assertThat(next.delegated(delegation("one"), NOW + 60)).as("of the track before").isEmpty();
    assertThat(next.current().map(Job::delayId)).contains("two");
  }

  @Test
  void ofManyReloadsTheNewestReplacedEventsAreCancelledAndAllRecentOnesKnown() {
    for (int i = 0; i <= 9; i++) {
      delegate("id" + i, NOW + i);
    }
    assertThat(track.replaced())
        .extracting(Job::delayId)
        .containsExactly("id1", "id2", "id3", "id4", "id5", "id6", "id7", "id8");
    assertThat(track.oldIds()).hasSize(8);
    assertThat(delegate("id1", NOW + 20)).as("a late copy").isEmpty();
    assertThat(track.current().map(Job::delayId)).contains("id9");
    delegate("id0", NOW + 20);
    assertThat(track.current().map(Job::delayId)).as("too long ago to be known").contains("id0");
  }

  @Test
  void aTakeoverGoesOnWithWhatWasReplaced() {
    connected();
    delegate("two", NOW + 10);
    Track next = new Track(KEY, new JobMachine(new Timing(new Random(7))), new Fences());
    assertThat(next.restore(track.snapshot(), NOW + 500))
        .extracting(Step.Call::delayId, Step.Call::verb)
        .containsExactly(
            org.assertj.core.api.Assertions.tuple("one", Verb.CANCEL),
            org.assertj.core.api.Assertions.tuple("two", Verb.RESTART));
    assertThat(next.asksAt()).isEqualTo(NOW + 500);
    assertThat(next.key()).isEqualTo(KEY);
    assertThat(next.identities()).containsExactly(ID);
  }

  @Test
  void ofTwoEventsInAStoreTheOlderOneIsReplacedByTheTakeover() {
    Snapshot.Kept old =
        new Snapshot.Kept("one", 10_000, "state", new JobState.Connected(), NOW + 8_000, true);
    Snapshot.Kept fresh =
        new Snapshot.Kept("two", 10_000, "state", new JobState.Connected(), NOW + 9_000, true);
    track.restore(new Snapshot(KEY, List.of(old, fresh), Set.of(ID), Set.of(ROOM), Set.of()), NOW);
    assertThat(track.current().map(Job::delayId)).contains("two");
    assertThat(track.replaced()).extracting(Job::delayId).containsExactly("one");
  }

  @Test
  void aTokenForAnotherRoomOfTheSlotMakesThatRoomHeardToo() {
    connected();
    track.heard(new Joined("unknown", "n1", ID, "PA_7", NOW), NOW);
    assertThat(track.rooms()).containsExactly(ROOM);
    track.heard(new TokenIssued("annex", ID, false), NOW);
    track.heard(new Joined("annex", "n1", ID, "PA_8", NOW), NOW);
    left(NOW + 10, LeaveReason.CLIENT_INITIATED);
    assertThat(track.current().orElseThrow().state()).isEqualTo(new JobState.Connected());
  }

  @Test
  void roomsAreBounded() {
    connected();
    List<String> rooms = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rooms.add("annex" + i);
      track.heard(new TokenIssued("annex" + i, ID, false), NOW);
    }
    assertThat(track.rooms()).hasSize(16);
    track.delegated(
        new Delegation(KEY, "one", 10_000, "state", Set.of(ID), Set.copyOf(rooms)), NOW);
    assertThat(track.rooms()).hasSize(16);
  }

  @Test
  void theSameDelegationWithALongerDelayIsKeptAliveByTheLongerOne() {
    connected();
    track.delegated(
        new Delegation(KEY, "one", 40_000, "state", Set.of(ID), Set.of(ROOM)), NOW + 10);
    assertThat(track.current().map(Job::delayMillis)).contains(40_000L);
  }
}
