package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.Evidence.Aborted;
import dev.weir.session.delegation.Evidence.BoundElsewhere;
import dev.weir.session.delegation.Evidence.Joined;
import dev.weir.session.delegation.Evidence.Left;
import dev.weir.session.delegation.Evidence.TokenIssued;
import dev.weir.session.delegation.Presence.Change;
import dev.weir.session.delegation.Survey.NodeAnswer;
import dev.weir.session.delegation.Survey.Participant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What each message about one member's seat changes, by what was known of it. */
class SeatTest {
  private static final String ROOM = "home-room";
  private static final String OTHER = "guest-annex";
  private static final String ID = "@u:a:D";
  private static final long START = 1_000_000;
  private static final NodeAnswer NO_ROOM = new NodeAnswer.NoRoom();

  private final Fences fences = new Fences();
  private final Presence presence = new Presence();
  private long now = START;

  private Change hear(Evidence evidence) {
    return presence.hear(evidence, fences, now);
  }

  private Change joined(String sid, long joinedAt) {
    return hear(new Joined(ROOM, "n1", ID, sid, joinedAt));
  }

  private Change left(String sid, LeaveReason reason) {
    return hear(new Left(ROOM, "n1", ID, sid, reason));
  }

  private Change aborted(String sid) {
    return hear(new Aborted(ROOM, "n1", ID, sid, LeaveReason.JOIN_FAILURE));
  }

  private Change bound(boolean elsewhere) {
    return hear(new BoundElsewhere(ROOM, ID, elsewhere));
  }

  private boolean surveyed(Map<String, NodeAnswer> answers) {
    now += 10;
    return presence.surveyed(
        new Survey(now, Map.of(ROOM, answers)), List.of(ROOM), ID::equals, fences, now);
  }

  private static NodeAnswer listed(String sid, boolean active, long createdAt) {
    return new NodeAnswer.Listed(List.of(new Participant(ID, sid, active, 0)), createdAt);
  }

  private static NodeAnswer empty(long createdAt) {
    return new NodeAnswer.Listed(List.of(), createdAt);
  }

  // --- joins ---

  @Test
  void aJoinTakesAFreeSeat() {
    assertThat(joined("PA_1", 5)).isEqualTo(Change.NOTHING);
    assertThat(presence.here()).isTrue();
    assertThat(presence.doubted()).isFalse();
    assertThat(presence.worthAsking()).isFalse();
  }

  @Test
  void aJoinWithoutASidOnlyMakesUsAsk() {
    assertThat(joined("", 5)).isEqualTo(Change.ASK);
    assertThat(presence.here()).isFalse();
  }

  @Test
  void ofTwoJoinsTheLaterOneSits() {
    joined("PA_1", 5);
    assertThat(joined("PA_2", 6)).isEqualTo(Change.NOTHING);
    assertThat(left("PA_1", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ASK);
    assertThat(presence.here()).isTrue();
    assertThat(left("PA_2", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ENDED);
  }

  @Test
  void ofTwoJoinsThatCannotBeToldApartTheFirstStaysUntilWeHaveAsked() {
    joined("PA_1", 5);
    assertThat(joined("PA_2", 5)).isEqualTo(Change.ASK);
    assertThat(joined("PA_0", 4)).isEqualTo(Change.ASK);
    assertThat(left("PA_1", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ENDED);
  }

  @Test
  void aReplacedSidNeverSitsAgain() {
    joined("PA_1", 5);
    joined("PA_2", 6);
    assertThat(joined("PA_1", 7)).isEqualTo(Change.NOTHING);
    surveyed(Map.of("n1", listed("PA_1", true, 1)));
    assertThat(left("PA_2", LeaveReason.CLIENT_INITIATED)).isNotEqualTo(Change.NOTHING);
    assertThat(presence.here()).isFalse();
  }

  // --- leaves ---

  @Test
  void aLeaveEndsItsOwnSidAlone() {
    joined("PA_1", 5);
    assertThat(left("", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ASK);
    assertThat(left("PA_9", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ASK);
    assertThat(presence.here()).isTrue();
    assertThat(left("PA_1", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ENDED);
    assertThat(presence.here()).isFalse();
    assertThat(presence.doubted()).isFalse();
    assertThat(left("PA_1", LeaveReason.CLIENT_INITIATED)).as("doubled").isEqualTo(Change.ASK);
  }

  @Test
  void aDoubtfulLeaveIsWorthAskingAbout() {
    joined("PA_1", 5);
    assertThat(left("PA_1", LeaveReason.DUPLICATE_IDENTITY)).isEqualTo(Change.ASK);
    assertThat(presence.here()).isFalse();
    assertThat(presence.doubted()).isTrue();
    assertThat(presence.worthAsking()).isTrue();
  }

  @Test
  void aLeaveWhereARoomIsMovingFromIsADoubtUntilTheMoveIsOver() {
    joined("PA_1", 5);
    fences.moving(ROOM, "n1", now);
    assertThat(left("PA_1", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ASK);
    assertThat(presence.doubted()).isTrue();
    now += Timing.GRACE - 20;
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(presence.doubted()).isTrue();
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(presence.doubted()).isFalse();
  }

  @Test
  void aFenceIsOverWhenItsTimeIs() {
    joined("PA_1", 5);
    fences.moving(ROOM, "n1", now);
    fences.moving(OTHER, "n1", now + 5);
    now += Timing.GRACE;
    assertThat(left("PA_1", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ENDED);
  }

  // --- given up ---

  @Test
  void aConnectionThatWasGivenUpBeforeItSatNeverSits() {
    hear(new TokenIssued(ROOM, ID, false));
    assertThat(aborted("PA_1")).isEqualTo(Change.GIVEN_UP);
    assertThat(presence.expectedUntil(now)).isZero();
    assertThat(joined("PA_1", 5)).isEqualTo(Change.NOTHING);
    assertThat(presence.here()).isFalse();
  }

  @Test
  void whatWasGivenUpBesideASeatOrWithoutASidOnlyMakesUsAsk() {
    assertThat(aborted("")).isEqualTo(Change.ASK);
    joined("PA_1", 5);
    assertThat(aborted("PA_2")).isEqualTo(Change.ASK);
    assertThat(presence.here()).isTrue();
    assertThat(aborted("PA_1")).isEqualTo(Change.ENDED);
  }

  // --- bound elsewhere ---

  @Test
  void aClientThatTheGateBoundElsewhereIsNotAskedFor() {
    joined("PA_1", 5);
    assertThat(bound(true)).isEqualTo(Change.NOTHING);
    assertThat(left("PA_1", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.NOTHING);
    assertThat(presence.doubted()).isTrue();
    assertThat(presence.worthAsking()).isFalse();
    assertThat(bound(false)).isEqualTo(Change.ASK);
    assertThat(presence.worthAsking()).isTrue();
    now += Timing.GRACE - 20;
    surveyed(Map.of("n1", empty(1)));
    assertThat(presence.doubted()).as("it may be on its way back").isTrue();
    surveyed(Map.of("n1", empty(1)));
    assertThat(presence.doubted()).isFalse();
  }

  @Test
  void whoWasNeverBoundElsewhereDoesNotComeBack() {
    joined("PA_1", 5);
    assertThat(bound(false)).isEqualTo(Change.NOTHING);
    assertThat(presence.here()).isTrue();
  }

  // --- tokens ---

  @Test
  void aTokenIsExpectedToBeUsedForHalfAMinute() {
    hear(new TokenIssued(ROOM, ID, false));
    assertThat(presence.expectedUntil(now)).isEqualTo(START + 30_000);
    assertThat(presence.expectedUntil(START + 29_999)).isEqualTo(START + 30_000);
    assertThat(presence.expectedUntil(START + 30_000)).isZero();
  }

  @Test
  void aJoinUsesTheTokensBeforeItAndNoLaterOne() {
    hear(new TokenIssued(ROOM, ID, false));
    joined("PA_1", START - 1);
    assertThat(presence.expectedUntil(now)).as("an older join").isPositive();
    joined("PA_2", START);
    assertThat(presence.expectedUntil(now)).as("nobody can tell which was first").isPositive();
    joined("PA_3", START + 1);
    assertThat(presence.expectedUntil(now)).isZero();
  }

  // --- surveys ---

  @Test
  void whoIsStillJoiningIsExpected() {
    surveyed(Map.of("n1", listed("PA_1", false, 1)));
    assertThat(presence.here()).isFalse();
    assertThat(presence.expectedUntil(now)).isEqualTo(now + 30_000);
  }

  @Test
  void whoSitsAndIsListedAsJoiningAgainStays() {
    joined("PA_1", 5);
    surveyed(Map.of("n1", listed("PA_1", false, 1)));
    assertThat(presence.here()).isTrue();
    assertThat(presence.expectedUntil(now)).isZero();
  }

  @Test
  void aListOlderThanANewerJoinDoesNotBringTheOldSidBack() {
    joined("PA_2", 5);
    presence.surveyed(
        new Survey(now - 5, Map.of(ROOM, Map.of("n1", listed("PA_1", true, 1)))),
        List.of(ROOM),
        ID::equals,
        fences,
        now);
    assertThat(left("PA_2", LeaveReason.CLIENT_INITIATED)).isEqualTo(Change.ENDED);
    assertThat(presence.here()).isFalse();
  }

  @Test
  void aRoomThatIsOldEnoughIsBelievedAtOnceAndAYoungOneIsNot() {
    joined("PA_1", 5);
    surveyed(Map.of("n1", empty(now + 10 - Timing.GRACE + 1)));
    assertThat(presence.doubted()).isTrue();
    joined("PA_1", 5);
    assertThat(presence.here()).isTrue();
    surveyed(Map.of("n1", empty(now + 10 - Timing.GRACE)));
    assertThat(presence.here()).isFalse();
    assertThat(presence.doubted()).isFalse();
    assertThat(joined("PA_1", 5)).as("late news").isEqualTo(Change.NOTHING);
    assertThat(presence.here()).isFalse();
  }

  @Test
  void aSeatAtANodeThatIsNoLongerThereIsDoubtedForTheGrace() {
    joined("PA_1", 5);
    assertThat(surveyed(Map.of("n2", empty(1)))).isTrue();
    assertThat(presence.here()).isFalse();
    assertThat(presence.doubted()).isTrue();
    now += Timing.GRACE;
    surveyed(Map.of("n2", empty(1)));
    assertThat(presence.doubted()).isFalse();
    assertThat(joined("PA_1", 5)).isEqualTo(Change.NOTHING);
    assertThat(presence.here()).as("its end is remembered").isFalse();
  }

  @Test
  void aSurveySaysNothingOfOtherRoomsOfOtherSitesAndOfWhatCameAfterIt() {
    hear(new Joined(OTHER, "n1", ID, "PA_1", 5));
    surveyed(Map.of("n1", empty(1), "n2", empty(1)));
    assertThat(presence.here()).as("another room").isTrue();
    hear(new Left(OTHER, "n1", ID, "PA_1", LeaveReason.CLIENT_INITIATED));

    hear(new Joined(ROOM, Evidence.ELSEWHERE + "b", ID, "PA_2", 5));
    surveyed(Map.of("n1", empty(1)));
    assertThat(presence.here()).as("another site").isTrue();
    hear(new Left(ROOM, Evidence.ELSEWHERE + "b", ID, "PA_2", LeaveReason.CLIENT_INITIATED));

    joined("PA_3", 5);
    for (Map<String, NodeAnswer> answers : List.of(Map.of("n1", empty(1)), Map.of("n2", NO_ROOM))) {
      presence.surveyed(
          new Survey(now, Map.of(ROOM, answers)), List.of(ROOM), ID::equals, fences, now);
      assertThat(presence.here()).as("asked at the very moment it joined").isTrue();
    }
  }

  @Test
  void aNodeThatHasJustStartedSaysWhoIsThereAndNothingOfWhoIsNot() {
    Participant there = new Participant(ID, "PA_1", true, 0);
    assertThat(surveyed(Map.of("n1", new NodeAnswer.JustStarted(List.of(there))))).isFalse();
    assertThat(presence.here()).isTrue();
    assertThat(surveyed(Map.of("n1", new NodeAnswer.JustStarted(List.of())))).isFalse();
    assertThat(presence.here()).isTrue();
  }

  @Test
  void anUnansweredRoomLeavesASurveyIncomplete() {
    assertThat(surveyed(Map.of("n1", new NodeAnswer.Unanswered()))).isFalse();
    assertThat(
            presence.surveyed(
                new Survey(now, Map.of(ROOM, Map.of())),
                List.of(ROOM, OTHER),
                ID::equals,
                fences,
                now))
        .isFalse();
  }

  // --- taking over ---

  @Test
  void afterATakeoverALivingRoomIsBelievedOnceClientsHadTheTimeToCome() {
    presence.unverified(now);
    assertThat(presence.worthAsking()).isTrue();
    now += Timing.SETTLE - 20;
    surveyed(Map.of("n1", empty(1)));
    assertThat(presence.doubted()).isTrue();
    surveyed(Map.of("n1", empty(1)));
    assertThat(presence.doubted()).isFalse();
  }

  @Test
  void afterATakeoverNoRoomIsBelievedAfterTheGrace() {
    presence.unverified(now);
    now += Timing.GRACE - 20;
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(presence.doubted()).isTrue();
    surveyed(Map.of("n1", NO_ROOM));
    assertThat(presence.doubted()).isFalse();
  }

  @Test
  void whoIsSeenAfterATakeoverIsNotInDoubt() {
    presence.unverified(now);
    joined("PA_1", 5);
    assertThat(presence.doubted()).isFalse();
    assertThat(left("PA_1", LeaveReason.CLIENT_INITIATED))
        .as("those who are only reconnecting have time to come")
        .isEqualTo(Change.ASK);
  }
}
