package dev.weir.session.delegation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.delegation.Evidence.Joined;
import dev.weir.session.delegation.Evidence.Left;
import dev.weir.session.delegation.Survey.NodeAnswer;
import dev.weir.session.delegation.Survey.Participant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A member whose signalling the gate binds to another site for a time, and its delayed leave. */
class BoundElsewhereTest {
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
    rooms.put(GUEST, Map.of("n1", new NodeAnswer.NoRoom()));
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

  private List<Verb> verbs() {
    return calls.stream().map(Step.Call::verb).toList();
  }

  @Test
  void aClientThatTheGateBoundElsewhereIsNotGoneWhenItLeavesHere() {
    connected();
    did(track.heard(new Evidence.BoundElsewhere(HOME, ID, true), now));
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    pass(120_000);
    surveyed(Map.of("n1", listed()));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    did(track.heard(new Evidence.BoundElsewhere(HOME, ID, false), now));
    pass(30_000);
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).endsWith(Verb.SEND);
  }

  @Test
  void aClientThatLeavesOnTheWayToAnotherSiteIsNotGone() {
    connected();
    fences.moving(HOME, "n1", now);
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    pass(2_000);
    did(track.heard(new Evidence.BoundElsewhere(HOME, ID, true), now));
    pass(120_000);
    surveyed(Map.of("n1", listed()));
    assertThat(state()).isInstanceOf(JobState.Connected.class);
    did(track.heard(new Evidence.BoundElsewhere(HOME, ID, false), now));
    pass(2_000);
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).doesNotContain(Verb.SEND);
    joined("n1", "PA_2");
    pass(60_000);
    surveyed(Map.of("n1", listed(ID, "PA_2")));
    assertThat(verbs()).doesNotContain(Verb.SEND);
  }

  @Test
  void aClientThatNeverArrivesAtTheOtherSiteIsGone() {
    connected();
    fences.moving(HOME, "n1", now);
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    pass(30_000);
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).endsWith(Verb.SEND);
  }

  @Test
  void whatOneRoomsClientIsBoundToSaysNothingOfAnotherRoom() {
    connected();
    did(track.heard(new Evidence.BoundElsewhere("another room", ID, true), now));
    left("n1", "PA_1", LeaveReason.CLIENT_INITIATED);
    pass(3_000);
    surveyed(Map.of("n1", listed()));
    assertThat(verbs()).endsWith(Verb.SEND);
  }
}
