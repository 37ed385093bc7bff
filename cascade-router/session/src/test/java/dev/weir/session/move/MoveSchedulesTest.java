package dev.weir.session.move;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random worlds: answers come late, doubled, in any order or never; replicas are lost between an
 * action and the note of it; nodes die; others switch the room; somebody changes their mind.
 */
class MoveSchedulesTest {

  private static final int WORLDS = 20_000;

  @Test
  void everyScheduleEndsAndNoneBreaksTheOrder() {
    for (long seed = 0; seed < WORLDS; seed++) {
      new World(seed).run();
    }
  }

  /** One room, its place, and a replica that may be replaced at any time. */
  private static final class World {
    private final long seed;
    private final Random random;
    private final Move move = new Move(MoveTiming.defaults());
    private final List<MoveEvent> underWay = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-21T00:00:00Z");
    private final Instant began = now;
    private MoveState state;
    private MoveState stored;

    private String place = "n1";
    private long epoch = 7;
    private boolean roomAtTarget;
    private boolean welcomed;
    private boolean switchedByUs;
    private boolean told;
    private int finished;
    private Outcome outcome = Outcome.WITHDRAWN;

    World(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      Cause cause = Cause.values()[random.nextInt(3)];
      this.state = MoveState.begin("m", new Wish("a", "room", "n1", cause, 2), "n2", epoch, now);
      this.stored = state;
    }

    void run() {
      apply(new MoveEvent.Resume());
      while (!state.phase().over()) {
        now = now.plusMillis(random.nextInt(400));
        disturb();
        if (!underWay.isEmpty() && random.nextInt(3) > 0) {
          MoveEvent event = underWay.get(random.nextInt(underWay.size()));
          if (random.nextInt(4) > 0) {
            underWay.remove(event);
          }
          apply(event);
        } else {
          apply(new MoveEvent.Tick());
        }
        check(now.isBefore(began.plusSeconds(60)), "it ends in time");
      }
      check(finished >= 1, "the end was said");
      check(!switchedByUs || told || outcome == Outcome.TARGET_LOST, "who was switched was told");
      check(outcome.moved() == (state.phase() == Phase.DONE), "the outcome fits " + state.phase());
      check(state.phase() != Phase.ROLLED_BACK || !switchedByUs, "what was switched stays so");
    }

    private void disturb() {
      switch (random.nextInt(60)) {
        case 0 -> {
          // The replica is lost with the answers that it waited for, and another takes over.
          state = stored;
          underWay.clear();
          apply(new MoveEvent.Resume());
        }
        case 1 -> apply(new MoveEvent.Withdrawn());
        case 2 -> apply(new MoveEvent.TargetLost());
        case 3 -> {
          if (!switchedByUs) {
            place = "n3";
            epoch++;
          }
        }
        default -> {}
      }
    }

    private void apply(MoveEvent event) {
      MoveStep step = move.step(state, event, now);
      state = step.state();
      // The state is stored before it is acted on; a replica may be lost in between.
      stored = state;
      if (random.nextInt(40) == 0) {
        underWay.clear();
        step = move.step(stored, new MoveEvent.Resume(), now);
      }
      step.actions().forEach(this::carryOut);
    }

    private void carryOut(MoveAction action) {
      switch (action) {
        case MoveAction.MakeRoom ignored -> {
          if (random.nextInt(3) > 0) {
            roomAtTarget = true;
            underWay.add(new MoveEvent.RoomMade());
          } else {
            underWay.add(new MoveEvent.RoomNotMade());
          }
        }
        case MoveAction.WelcomeRemotes ignored -> {
          check(roomAtTarget, "nobody is brought into a room that is not there");
          welcomed = true;
          if (random.nextBoolean()) {
            underWay.add(new MoveEvent.RemotesReady());
          }
        }
        case MoveAction.Switch(long expected, String node) -> {
          check(roomAtTarget && welcomed, "remote members first");
          if (epoch == expected) {
            place = node;
            epoch++;
            switchedByUs = true;
          }
          boolean ours = place.equals(node) && epoch == expected + 1;
          underWay.add(ours ? new MoveEvent.Switched() : new MoveEvent.SwitchLost());
        }
        case MoveAction.TellClients(long to) -> {
          check(switchedByUs && to == epoch, "only after the switch");
          told = true;
        }
        case MoveAction.CountMissing ignored ->
            underWay.add(new MoveEvent.Counted(random.nextInt(3)));
        case MoveAction.CloseRemotes(String node) -> {
          check(!node.equals("n1") || switchedByUs, "the old place is left after the switch");
          underWay.add(new MoveEvent.OldPlaceClosed());
        }
        case MoveAction.Finish(Outcome end) -> {
          finished++;
          outcome = end;
        }
      }
    }

    private void check(boolean true_, String what) {
      assertThat(true_).as("%s (seed %d, %s)", what, seed, state).isTrue();
    }
  }
}
