package dev.weir.session.move;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.session.move.MoveAction.CloseRemotes;
import dev.weir.session.move.MoveAction.CountMissing;
import dev.weir.session.move.MoveAction.Finish;
import dev.weir.session.move.MoveAction.MakeRoom;
import dev.weir.session.move.MoveAction.Switch;
import dev.weir.session.move.MoveAction.TellClients;
import dev.weir.session.move.MoveAction.WelcomeRemotes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MoveTest {

  private static final Instant T = Instant.parse("2026-11-21T00:00:00Z");
  private final Move move = new Move(MoveTiming.defaults());

  private static MoveState fresh(Cause cause) {
    return MoveState.begin("m1", new Wish("a", "room", "n1", cause, 3), "n2", 7, T);
  }

  private MoveState after(Cause cause, MoveEvent... events) {
    MoveState state = fresh(cause);
    for (MoveEvent event : events) {
      state = move.step(state, event, T).state();
    }
    return state;
  }

  @Test
  void bringsRemoteMembersBeforeItSwitchesAndLeavesTheOldPlaceLast() {
    MoveState state = fresh(Cause.DRAIN);
    List<MoveAction> done = new ArrayList<>();
    for (MoveEvent event :
        new MoveEvent[] {
          new MoveEvent.Resume(),
          new MoveEvent.RoomMade(),
          new MoveEvent.RemotesReady(),
          new MoveEvent.Switched(),
          new MoveEvent.Counted(2),
          new MoveEvent.Counted(0),
          new MoveEvent.OldPlaceClosed()
        }) {
      MoveStep step = move.step(state, event, T);
      done.addAll(step.actions());
      state = step.state();
    }
    assertThat(done)
        .containsExactly(
            new MakeRoom("n2"),
            new WelcomeRemotes("n2"),
            new Switch(7, "n2"),
            new TellClients(8),
            new CountMissing("n2"),
            new CloseRemotes("n1"),
            new CloseRemotes("n1"),
            new Finish(Outcome.MOVED));
    assertThat(state.phase()).isEqualTo(Phase.DONE);
  }

  @Test
  void anUrgentMoveDoesNotWaitForRemoteMembers() {
    assertThat(move.step(fresh(Cause.NODE_LOST), new MoveEvent.RoomMade(), T).actions())
        .containsExactly(new WelcomeRemotes("n2"), new Switch(7, "n2"));
  }

  @Test
  void aPlannedMoveWaitsForRemoteMembersOnlySoLong() {
    MoveState welcoming = after(Cause.DRAIN, new MoveEvent.RoomMade());
    assertThat(move.step(welcoming, new MoveEvent.Tick(), T.plusMillis(1999)).actions())
        .as("asks whether they are there")
        .containsExactly(new WelcomeRemotes("n2"));
    assertThat(move.step(welcoming, new MoveEvent.Tick(), T.plusMillis(2000)).actions())
        .containsExactly(new Switch(7, "n2"));
  }

  @Test
  void asksAgainForARoomThatWasNotMadeAndRollsBackWhenTimeIsUp() {
    MoveState tried = after(Cause.DRAIN, new MoveEvent.RoomNotMade());
    assertThat(move.step(tried, new MoveEvent.Tick(), T.plusMillis(100)).actions())
        .containsExactly(new MakeRoom("n2"));
    MoveStep late = move.step(tried, new MoveEvent.RoomNotMade(), T.plusSeconds(3));
    assertThat(late.state().phase()).isEqualTo(Phase.ROLLED_BACK);
    assertThat(late.actions()).containsExactly(new CloseRemotes("n2"), new Finish(Outcome.NO_ROOM));
  }

  @Test
  void canBeWithdrawnOnlyWhileNothingIsSwitched() {
    for (MoveState early :
        List.of(fresh(Cause.DEMAND), after(Cause.DEMAND, new MoveEvent.RoomMade()))) {
      assertThat(move.step(early, new MoveEvent.Withdrawn(), T).actions())
          .contains(new Finish(Outcome.WITHDRAWN));
    }
    MoveState switching =
        after(Cause.DEMAND, new MoveEvent.RoomMade(), new MoveEvent.RemotesReady());
    assertThat(move.step(switching, new MoveEvent.Withdrawn(), T))
        .isEqualTo(MoveStep.of(switching));
  }

  @Test
  void isOverWhenSomebodyElseSwitchedTheRoomFirst() {
    MoveState switching =
        after(Cause.DRAIN, new MoveEvent.RoomMade(), new MoveEvent.RemotesReady());
    assertThat(move.step(switching, new MoveEvent.SwitchLost(), T).actions())
        .containsExactly(new CloseRemotes("n2"), new Finish(Outcome.OVERTAKEN));
  }

  @Test
  void countsClientsThatDidNotComeBackAndGoesOn() {
    MoveState arriving =
        after(
            Cause.DRAIN,
            new MoveEvent.RoomMade(),
            new MoveEvent.RemotesReady(),
            new MoveEvent.Switched(),
            new MoveEvent.Counted(1));
    MoveStep late = move.step(arriving, new MoveEvent.Tick(), T.plusSeconds(15));
    assertThat(late.state().missing()).isEqualTo(1);
    assertThat(late.actions()).containsExactly(new CloseRemotes("n1"));
  }

  @Test
  void aTargetThatDiesAfterTheSwitchEndsTheMoveSoThatTheNextCanBegin() {
    MoveState arriving =
        after(
            Cause.DRAIN,
            new MoveEvent.RoomMade(),
            new MoveEvent.RemotesReady(),
            new MoveEvent.Switched());
    MoveStep lost = move.step(arriving, new MoveEvent.TargetLost(), T);
    assertThat(lost.actions()).contains(new Finish(Outcome.TARGET_LOST));
    assertThat(Outcome.TARGET_LOST.moved()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"CREATING", "WELCOMING", "SWITCHING", "ARRIVING", "CLOSING"})
  void anotherReplicaCarriesOnFromEveryPhase(Phase phase) {
    MoveState found = fresh(Cause.DRAIN).in(phase, T);
    MoveStep first = move.step(found, new MoveEvent.Resume(), T);
    assertThat(first.state()).isEqualTo(found);
    assertThat(first.actions()).isNotEmpty();
    assertThat(move.step(first.state(), new MoveEvent.Resume(), T)).isEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(Outcome.class)
  void aMoveThatIsOverOnlyRepeatsItsEndWhenItIsTakenOver(Outcome outcome) {
    MoveState over = fresh(Cause.DRAIN).over(outcome, T);
    for (MoveEvent event :
        new MoveEvent[] {
          new MoveEvent.Switched(),
          new MoveEvent.TargetLost(),
          new MoveEvent.Withdrawn(),
          new MoveEvent.Tick()
        }) {
      assertThat(move.step(over, event, T.plusSeconds(99))).isEqualTo(MoveStep.of(over));
    }
    MoveStep again = move.step(over, new MoveEvent.Resume(), T.plusSeconds(99));
    assertThat(again.state()).isEqualTo(over);
    assertThat(again.actions()).contains(new Finish(outcome));
  }

  @Test
  void lateAndDoubledAnswersChangeNothing() {
    MoveState arriving =
        after(
            Cause.DRAIN,
            new MoveEvent.RoomMade(),
            new MoveEvent.RemotesReady(),
            new MoveEvent.Switched());
    for (MoveEvent late :
        new MoveEvent[] {
          new MoveEvent.RoomMade(),
          new MoveEvent.RoomNotMade(),
          new MoveEvent.RemotesReady(),
          new MoveEvent.Switched(),
          new MoveEvent.SwitchLost(),
          new MoveEvent.OldPlaceClosed()
        }) {
      assertThat(move.step(arriving, late, T)).isEqualTo(MoveStep.of(arriving));
    }
  }
}
