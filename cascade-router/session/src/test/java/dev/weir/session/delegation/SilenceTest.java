package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.Evidence.Joined;
import dev.weir.session.delegation.Evidence.Left;
import dev.weir.session.delegation.Survey.NodeAnswer;
import dev.weir.session.delegation.Survey.Participant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A node that stood still throws its people out when it goes on, and they come back seconds later.
 */
class SilenceTest {
  private static final JobKey KEY = new JobKey("a", "!r:a", "m.call#ROOM", "@u:a", "D");
  private static final String ROOM = "home-room";
  private static final String ID = "@u:a:D";
  private static final long OLD = 1;

  private final Fences fences = new Fences();
  private final Track track = new Track(KEY, new JobMachine(new Timing(new Random(7))), fences);
  private final List<Verb> verbs = new ArrayList<>();
  private long now = 1_000_000;

  private void connectedAt(String node) {
    did(
        track.delegated(
            new Delegation(KEY, "one", 10_000, "state", Set.of(ID), Set.of(ROOM)), now));
    did(track.heard(new Joined(ROOM, node, ID, "PA_1", now), now));
    verbs.clear();
  }

  private void did(List<Step.Call> calls) {
    for (Step.Call call : calls) {
      verbs.add(call.verb());
      did(track.answered(call.delayId(), call.verb(), new Answer.Done(), now, now));
    }
  }

  private void left(String node, LeaveReason reason) {
    did(track.heard(new Left(ROOM, node, ID, "PA_1", reason), now));
  }

  private void surveyed(String node, NodeAnswer answer) {
    now += 10;
    did(track.surveyed(new Survey(now - 5, Map.of(ROOM, Map.of(node, answer))), now));
  }

  private void pass(long millis) {
    for (long end = now + millis; now < end; now += 500) {
      did(track.wake(now));
    }
  }

  private static NodeAnswer listed(Participant... participants) {
    return new NodeAnswer.Listed(List.of(participants), OLD);
  }

  @Test
  void whomANodeThatWasSilentDoesNotListIsNotGoneYet() {
    connectedAt("n1");
    fences.silent("n1", now);
    surveyed("n1", listed());
    pass(10_000);
    surveyed("n1", listed(new Participant(ID, "PA_2", true, now)));
    pass(40_000);
    assertThat(verbs).isNotEmpty().containsOnly(Verb.RESTART);
  }

  @Test
  void whomANodeThatWasSilentReportsAsLostIsNotGoneYet() {
    connectedAt("n1");
    fences.silent("n1", now);
    left("n1", LeaveReason.CONNECTION_TIMEOUT);
    surveyed("n1", listed());
    pass(10_000);
    did(track.heard(new Joined(ROOM, "n1", ID, "PA_2", now), now));
    pass(40_000);
    assertThat(verbs).isNotEmpty().containsOnly(Verb.RESTART);
  }

  @Test
  void whoHasNotComeBackAfterTheGraceIsGone() {
    connectedAt("n1");
    fences.silent("n1", now);
    left("n1", LeaveReason.CONNECTION_TIMEOUT);
    pass(Timing.GRACE);
    assertThat(verbs).containsOnly(Verb.RESTART);
    surveyed("n1", listed());
    assertThat(verbs).contains(Verb.SEND);
  }

  @Test
  void anotherNodesSilenceIsNoReasonToDoubt() {
    connectedAt("n1");
    fences.silent("n2", now);
    left("n1", LeaveReason.CLIENT_INITIATED);
    pass(3_000);
    assertThat(verbs).contains(Verb.SEND);
  }

  @Test
  void whileAnyNodeOfTheRoomWasSilentNobodyIsNowhere() {
    connectedAt("n1");
    fences.silent("n2", now);
    now += 10;
    Survey survey =
        new Survey(now - 5, Map.of(ROOM, Map.of("n1", listed(), "n2", new NodeAnswer.NoRoom())));
    did(track.surveyed(survey, now));
    pass(10_000);
    assertThat(verbs).doesNotContain(Verb.SEND);
  }

  @Test
  void afterAPauseOfOurOwnNoNodeIsBelieved() {
    connectedAt("n1");
    now += 8_000;
    assertThat(fences.wentOn(now - 1_000, now)).as("a busy machine").isFalse();
    assertThat(fences.wentOn(now - 8_000, now)).isTrue();
    left("n1", LeaveReason.CONNECTION_TIMEOUT);
    surveyed("n1", listed());
    pass(5_000);
    assertThat(verbs).doesNotContain(Verb.SEND);
    pass(Timing.GRACE);
    surveyed("n1", listed());
    assertThat(verbs).contains(Verb.SEND);
  }

  @Test
  void aRoomThatASilentNodeStillHasProvesNothingAfterATakeover() {
    Snapshot.Kept kept =
        new Snapshot.Kept("one", 10_000, "state", new JobState.Connected(), now + 10_000, true);
    fences.silent("n1", now);
    did(track.restore(new Snapshot(KEY, List.of(kept), Set.of(ID), Set.of(ROOM), Set.of()), now));
    pass(Timing.SETTLE);
    surveyed("n1", listed());
    pass(5_000);
    assertThat(verbs).doesNotContain(Verb.SEND);
  }
}
