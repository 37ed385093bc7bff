package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.weir.session.delegation.Evidence.Aborted;
import dev.weir.session.delegation.Evidence.Joined;
import dev.weir.session.delegation.Evidence.Left;
import dev.weir.session.delegation.Evidence.TokenIssued;
import dev.weir.session.delegation.Survey.NodeAnswer;
import dev.weir.session.delegation.Survey.Participant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrackTest {
  private static final JobKey KEY = new JobKey("a", "!r:a", "m.call#ROOM", "@u:a", "D");
  private static final String HOME = "home-room";
  private static final String GUEST = "guest-annex";
  private static final String ID = "@u:a:D";
  private static final String HASHED = "hash-of-u-d";
  private static final long OLD = 1;

  private final Fences fences = new Fences();
  private final Track track = new Track(KEY, new JobMachine(new Timing(new Random(7))), fences);
  private final List<Step.Call> calls = new ArrayList<>();
  private long now = 1_000_000;

  // --- fixtures ---

  private void delegate(String delayId) {
    did(
        track.delegated(
            new Delegation(KEY, delayId, 10_000, "state", Set.of(ID, HASHED), Set.of(HOME, GUEST)),
            now));
  }

  private void did(List<Step.Call> made) {
    calls.addAll(made);
    for (Step.Call call : made) {
      did(track.answered(call.delayId(), call.verb(), new Answer.Done(), now, now));
    }
  }

  private void joined(String place, String sid) {
    did(track.heard(new Joined(HOME, place, ID, sid, now), now));
  }

  private void left(String place, String sid, LeaveReason reason) {
    did(track.heard(new Left(HOME, place, ID, sid, reason), now));
  }

  private void connected() {
    delegate("one");
    joined("n1", "PA_1");
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    calls.clear();
  }

  private JobState state() {
    return track.current().map(Job::state).orElse(new JobState.Ended(Ending.SENT));
  }

  private void pass(long millis) {
    long end = now + millis;
    while (track.wakeAt(now) <= end && !track.ended()) {
      now = Math.max(now + 1, track.wakeAt(now));
      if (track.asksAt() <= now) {
        track.asked(now);
      }
      did(track.wake(now));
    }
    now = end;
  }

  private void surveyed(Map<String, NodeAnswer> home) {
    now += 10;
    Map<String, Map<String, NodeAnswer>> rooms = new HashMap<>();
    rooms.put(HOME, home);
    Map<String, NodeAnswer> none = new HashMap<>();
    home.forEach(
        (node, answer) ->
            none.put(
                node, answer instanceof NodeAnswer.Unanswered ? answer : new NodeAnswer.NoRoom()));
    rooms.put(GUEST, none);
    long askedAt = now;
    now += 10;
    did(track.surveyed(new Survey(askedAt, rooms), now));
  }

  private static NodeAnswer listed(String... identityAndSid) {
    List<Participant> participants = new ArrayList<>();
    for (int i = 0; i < identityAndSid.length; i += 2) {
      participants.add(new Participant(identityAndSid[i], identityAndSid[i + 1], true, OLD));
    }
    return new NodeAnswer.Listed(participants, OLD);
  }

  private static final NodeAnswer NO_ROOM = new NodeAnswer.NoRoom();
  private static final NodeAnswer SILENCE = new NodeAnswer.Unanswered();

  private List<Verb> verbs() {
    return calls.stream().map(Step.Call::verb).toList();
  }

  // --- leaves ---

  @Test
  void sendsTheLeaveWhenTheSfuSaysThatTheClientLeftAndNobodyListsIt() {
    connected();
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    assertThat(track.asksAt()).isLessThanOrEqualTo(now);
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).containsExactly(Verb.SEND);
    assertThat(track.ended()).isTrue();
  }

  @Test
  void sendsTheLeaveAfterTwoSecondsWhenTheSfuIsTooBusyToConfirm() {
    connected();
    left("n1", "PA_1", LeaveReason.CONNECTION_TIMEOUT);
    surveyed(Map.of("n1", SILENCE));
    assertThat(verbs()).isEmpty();
    pass(2_000);
    assertThat(verbs()).containsExactly(Verb.SEND);
  }

  @Test
  void aClientThatIsBackBeforeTheSurveyKeepsItsMembership() {
    connected();
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    surveyed(Map.of("n1", listed(ID, "PA_2")));
    assertThat(verbs()).containsExactly(Verb.RESTART);
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void aLeaveOfAnOlderSidChangesNothing() {
    connected();
    now += 1;
    joined("n1", "PA_2");
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    surveyed(Map.of("n1", listed(ID, "PA_2")));
    assertThat(verbs()).isEmpty();
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void aLeaveThatArrivesBeforeItsJoinIsNotTurnedIntoAPresence() {
    delegate("one");
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    joined("n1", "PA_1");
    assertThat(state()).isInstanceOf(JobState.Waiting.class);
  }

  @Test
  void aWebhookWithoutSidOnlyMakesUsAsk() {
    connected();
    surveyed(Map.of("n1", listed(ID, "PA_1")));
    left("n1", "", LeaveReason.CLIENT_INITIATED);
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    assertThat(track.asksAt()).isLessThanOrEqualTo(now);
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).containsExactly(Verb.SEND);
  }

  @Test
  void sidsOfDifferentPlacesAreNotConfused() {
    connected();
    joined("n2", "PA_9");
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    left("n2", "PA_9", LeaveReason.CLIENT_INITIATED);
    assertThat(state()).isInstanceOf(JobState.Leaving.class);
  }

  @Test
  void anAttachmentInAnotherRoomOfTheSlotKeepsTheMemberThere() {
    connected();
    did(track.heard(new Joined(GUEST, "n1", ID, "PA_5", now), now));
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void anAttachmentUnderAnAliasKeepsTheMemberThere() {
    connected();
    did(track.heard(new Joined(HOME, "n1", HASHED, "PA_5", now), now));
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void viewersOfTheSameUserNeverTouchTheJob() {
    connected();
    did(track.heard(new Joined(HOME, "n1", "view:" + HASHED, "PA_5", now), now));
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    assertThat(state()).isInstanceOf(JobState.Leaving.class);
  }

  // --- doubt ---

  @Test
  void doubtfulReasonsAreBelievedOnlyAfterTheGrace() {
    for (LeaveReason reason : LeaveReason.values()) {
      if (!reason.doubtful()) {
        continue;
      }
      TrackTest each = new TrackTest();
      each.connected();
      each.left("n1", "PA_1", reason);
      each.surveyed(Map.of("n1", listed()));
      assertThat(each.state()).as(reason.name()).isInstanceOf(JobState.Connected.class);
      each.pass(29_000);
      each.surveyed(Map.of("n1", listed()));
      assertThat(each.state()).as(reason.name()).isInstanceOf(JobState.Connected.class);
      assertThat(each.verbs()).doesNotContain(Verb.SEND);
      each.pass(1_000);
      each.surveyed(Map.of("n1", listed()));
      assertThat(each.verbs()).as(reason.name()).contains(Verb.SEND);
    }
  }

  @Test
  void aDuplicateIdentityIsOverWhenTheNewSidIsSeen() {
    connected();
    left("n1", "PA_1", LeaveReason.DUPLICATE_IDENTITY);
    surveyed(Map.of("n1", listed(ID, "PA_2")));
    pass(60_000);
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    assertThat(verbs()).doesNotContain(Verb.SEND);
  }

  @Test
  void aLeaveOnAPlaceThatItsRoomIsMovingFromIsNoEvidence() {
    connected();
    fences.moving(HOME, "n1", now);
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    surveyed(Map.of("n1", NO_ROOM, "n2", listed()));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    joined("n2", "PA_2");
    pass(30_000);
    surveyed(Map.of("n1", NO_ROOM, "n2", listed(ID, "PA_2")));
    assertThat(verbs()).doesNotContain(Verb.SEND);
    left("n2", "PA_2", LeaveReason.CLIENT_INITIATED);
    surveyed(Map.of("n1", NO_ROOM, "n2", listed()));
    assertThat(verbs()).contains(Verb.SEND);
  }

  @Test
  void whoWasNeverSeenIsNotGoneWhileItsRoomMoves() {
    delegate("one");
    pass(10_001);
    fences.moving(HOME, "n1", now);
    surveyed(Map.of("n1", NO_ROOM, "n2", listed()));
    pass(29_000);
    assertThat(verbs()).doesNotContain(Verb.SEND);
    pass(1_000);
    surveyed(Map.of("n1", NO_ROOM, "n2", listed()));
    assertThat(verbs()).contains(Verb.SEND);
  }

  @Test
  void aNewerTokenMeansWaitingNotLeaving() {
    connected();
    did(track.heard(new TokenIssued(HOME, ID, false), now));
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    assertThat(state()).isInstanceOf(JobState.Waiting.class);
    surveyed(Map.of("n1", listed()));
    assertThat(state()).isInstanceOf(JobState.Waiting.class);
    pass(31_000);
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).contains(Verb.SEND);
  }

  @Test
  void theTokenOfADelegationAfterConnectingAnnouncesNothing() {
    connected();
    did(track.heard(new TokenIssued(HOME, ID, true), now));
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    assertThat(state()).isInstanceOf(JobState.Leaving.class);
  }

  // --- polling ---

  @Test
  void pollingAloneFindsThatTheMemberConnectedAndLeft() {
    delegate("one");
    surveyed(Map.of("n1", listed(ID, "PA_1")));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    surveyed(Map.of("n1", listed("@other:a:X", "PA_7")));
    assertThat(verbs()).endsWith(Verb.SEND);
  }

  @Test
  void goneNeedsAnAnswerOfEveryServingNode() {
    connected();
    surveyed(Map.of("n1", listed(), "n2", SILENCE));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    surveyed(Map.of("n1", listed(), "n2", NO_ROOM));
    assertThat(verbs()).containsExactly(Verb.SEND);
  }

  @Test
  void aNodeThatDoesNotAnswerIsNoEvidence() {
    connected();
    for (int i = 0; i < 50; i++) {
      surveyed(Map.of("n1", SILENCE));
      pass(1_000);
    }
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void aNodeThatJustStartedIsNoEvidence() {
    connected();
    surveyed(Map.of("n1", new NodeAnswer.JustStarted(List.of())));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void aRoomThatVanishedIsBelievedAfterTheGrace() {
    connected();
    surveyed(Map.of("n1", NO_ROOM));
    pass(29_000);
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    pass(1_000);
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(verbs()).contains(Verb.SEND);
  }

  @Test
  void aRoomThatWasMadeAnewIsBelievedAfterTheGrace() {
    connected();
    now += 60_000;
    surveyed(Map.of("n1", new NodeAnswer.Listed(List.of(), now - 1_000)));
    assertThat(verbs()).doesNotContain(Verb.SEND);
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void aSurveyThatIsOlderThanAJoinSaysNothingAboutIt() {
    delegate("one");
    long askedAt = now;
    now += 50;
    joined("n1", "PA_1");
    did(
        track.surveyed(
            new Survey(askedAt, Map.of(HOME, Map.of("n1", listed()), GUEST, Map.of())), now));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void aParticipantThatIsStillJoiningIsNeitherThereNorGone() {
    connected();
    surveyed(
        Map.of("n1", new NodeAnswer.Listed(List.of(new Participant(ID, "PA_2", false, OLD)), OLD)));
    assertThat(verbs()).doesNotContain(Verb.SEND);
  }

  @Test
  void aDirectAttachmentAtAFocusEndsByTheFocusAlone() {
    delegate("one");
    did(track.heard(new Joined(HOME, "@b.example", ID, "PA_1", now), now));
    surveyed(Map.of("n1", listed()));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    did(track.heard(new Left(HOME, "@b.example", ID, "PA_1", LeaveReason.CLIENT_INITIATED), now));
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).endsWith(Verb.SEND);
  }

  // --- starting, replacing, taking over ---

  @Test
  void aDelegationAfterConnectingFindsTheMemberByAsking() {
    delegate("one");
    assertThat(track.asksAt()).isEqualTo(now);
    surveyed(Map.of("n1", listed(HASHED, "PA_1")));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    assertThat(verbs()).containsExactly(Verb.RESTART);
  }

  @Test
  void aClientThatNeverConnectsIsSentAwayWhenItsTimeIsOver() {
    delegate("one");
    pass(9_990);
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(verbs()).endsWith(Verb.SEND);
  }

  @Test
  void anAbortedConnectionEndsTheJobWithoutALeave() {
    delegate("one");
    did(track.heard(new TokenIssued(HOME, ID, true), now));
    did(track.heard(new Aborted(HOME, "n1", ID, "PA_1", LeaveReason.JOIN_FAILURE), now));
    pass(10_000);
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(track.ended()).isTrue();
    assertThat(verbs()).doesNotContain(Verb.SEND);
  }

  @Test
  void anAbortedConnectionThatIsTriedAgainKeepsTheJob() {
    delegate("one");
    did(track.heard(new Aborted(HOME, "n1", ID, "PA_1", LeaveReason.JOIN_FAILURE), now));
    pass(1_000);
    joined("n1", "PA_2");
    assertThat(state()).isInstanceOf(JobState.Connected.class);
  }

  @Test
  void aReloadCancelsTheOldEventAndKeepsTheNewOne() {
    connected();
    delegate("two");
    assertThat(calls)
        .extracting(Step.Call::verb, Step.Call::delayId)
        .contains(tuple(Verb.CANCEL, "one"))
        .contains(tuple(Verb.RESTART, "two"));
    delegate("one");
    assertThat(track.current().map(Job::delayId)).contains("two");
  }

  @Test
  void theSameDelegationTwiceIsOne() {
    connected();
    delegate("one");
    assertThat(calls).isEmpty();
    assertThat(track.current().map(Job::delayId)).contains("one");
  }

  @Test
  void aKickedUserGetsNoLeave() {
    connected();
    did(track.kicked(now));
    assertThat(track.ended()).isTrue();
    assertThat(calls).isEmpty();
  }

  private void restore(JobState state, long aliveUntil) {
    did(
        track.restore(
            new Snapshot(
                KEY,
                List.of(new Snapshot.Kept("one", 10_000, "state", state, aliveUntil, true)),
                Set.of(ID),
                Set.of(HOME, GUEST),
                Set.of("zero")),
            now));
  }

  @Test
  void aTakeoverAsksBeforeItSends() {
    restore(new JobState.Leaving(now + 8_000, 0), now + 8_000);
    pass(5_000);
    assertThat(calls).isEmpty();
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).containsExactly(Verb.SEND);
  }

  @Test
  void aTakeoverRestartsAtOnceAndBelievesEmptyNodesOnlyAfterTheGrace() {
    restore(new JobState.Connected(), now + 8_000);
    assertThat(verbs()).containsExactly(Verb.RESTART);
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    pass(31_000);
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(verbs()).endsWith(Verb.SEND);
  }

  @Test
  void aLateCopyOfAnOldRequestIsStillKnownAfterATakeover() {
    restore(new JobState.Connected(), now + 8_000);
    delegate("zero");
    assertThat(track.current().map(Job::delayId)).contains("one");
  }

  @Test
  void whatMustHaveFiredWhileWeWereAwayEndsWithoutACall() {
    restore(new JobState.Connected(), now - 1);
    assertThat(track.ended()).isTrue();
    assertThat(calls).isEmpty();
  }

  @Test
  void aSnapshotSaysAllThatATakeoverNeeds() {
    connected();
    delegate("two");
    Track next = new Track(KEY, new JobMachine(new Timing(new Random(7))), fences);
    next.restore(track.snapshot(), now);
    assertThat(next.snapshot()).isEqualTo(track.snapshot());
  }
}
