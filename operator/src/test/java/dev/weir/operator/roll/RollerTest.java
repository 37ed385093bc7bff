package dev.weir.operator.roll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.operator.roll.NodeView.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RollerTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private int wanted = 3;
  private int existing = 3;
  private boolean deleted;
  private int limit = 100;
  private int elsewhere;
  private Duration moveAfter = Duration.ZERO;
  private final List<NodeView> nodes = new ArrayList<>();

  private RollPlan plan() {
    return Roller.plan(
        new PoolView(
            nodes,
            wanted,
            existing,
            deleted,
            limit,
            elsewhere,
            moveAfter,
            Duration.ofHours(4),
            10,
            NOW));
  }

  private static NodeView serving(int ordinal, int participants) {
    return new NodeView(
        "p-" + ordinal,
        ordinal,
        true,
        true,
        false,
        false,
        false,
        false,
        new Load(false, true, participants / 3, participants),
        null);
  }

  private static NodeView outdated(NodeView n) {
    return new NodeView(
        n.name(),
        n.ordinal(),
        n.running(),
        n.ready(),
        true,
        n.cordoned(),
        n.requested(),
        n.terminating(),
        n.load(),
        n.drainingSince());
  }

  private static NodeView cordoned(NodeView n) {
    return new NodeView(
        n.name(),
        n.ordinal(),
        n.running(),
        n.ready(),
        n.outdated(),
        true,
        n.requested(),
        n.terminating(),
        n.load(),
        n.drainingSince());
  }

  private static NodeView terminating(NodeView n) {
    return new NodeView(
        n.name(),
        n.ordinal(),
        n.running(),
        n.ready(),
        n.outdated(),
        n.cordoned(),
        n.requested(),
        true,
        n.load(),
        n.drainingSince());
  }

  private static NodeView draining(NodeView n, Duration ago, int rooms, int participants) {
    return new NodeView(
        n.name(),
        n.ordinal(),
        n.running(),
        n.ready(),
        n.outdated(),
        n.cordoned(),
        n.requested(),
        n.terminating(),
        new Load(true, true, rooms, participants),
        NOW.minus(ago));
  }

  private static NodeView unknown(NodeView n) {
    return new NodeView(
        n.name(),
        n.ordinal(),
        n.running(),
        n.ready(),
        n.outdated(),
        n.cordoned(),
        n.requested(),
        n.terminating(),
        null,
        n.drainingSince());
  }

  private static NodeView dead(NodeView n) {
    return new NodeView(
        n.name(),
        n.ordinal(),
        false,
        false,
        n.outdated(),
        n.cordoned(),
        n.requested(),
        n.terminating(),
        n.load(),
        n.drainingSince());
  }

  private static NodeView unready(NodeView n) {
    return new NodeView(
        n.name(),
        n.ordinal(),
        true,
        false,
        n.outdated(),
        n.cordoned(),
        n.requested(),
        n.terminating(),
        n.load(),
        n.drainingSince());
  }

  @Test
  void doesNothingWhenAllIsAsItShouldBe() {
    nodes.addAll(List.of(serving(0, 5), serving(1, 5), serving(2, 0)));
    assertThat(plan()).isEqualTo(new RollPlan(3, List.of(), java.util.Map.of(), 0));
  }

  @Nested
  class RollOut {
    @Test
    void beginsWithTheLeastLoadedAndClosesIt() {
      nodes.addAll(
          List.of(outdated(serving(0, 9)), outdated(serving(1, 3)), outdated(serving(2, 6))));
      assertThat(plan().steps())
          .containsExactly(new Step.Begin("p-1", DrainReason.OUTDATED), new Step.Close("p-1"));
      assertThat(plan().pending()).isEqualTo(2);
    }

    @Test
    void takesAnUnreadyNodeBeforeReadyOnes() {
      nodes.addAll(
          List.of(
              outdated(serving(0, 0)), outdated(unready(serving(1, 9))), outdated(serving(2, 0))));
      assertThat(plan().draining()).containsOnlyKeys("p-1");
    }

    @Test
    void movesOneNodeAtATime() {
      nodes.addAll(
          List.of(
              outdated(serving(0, 9)),
              draining(outdated(serving(1, 3)), Duration.ofMinutes(1), 1, 3),
              outdated(serving(2, 6))));
      assertThat(plan().steps()).containsExactly(new Step.Move("p-1", 10));
    }

    @Test
    void waitsForTheRestartedNodeToServe() {
      nodes.addAll(List.of(outdated(serving(0, 0)), dead(serving(1, 0)), outdated(serving(2, 0))));
      assertThat(plan().draining()).isEmpty();
      assertThat(plan().steps()).singleElement().isInstanceOf(Step.Refuse.class);
    }

    @Test
    void stopsTheNodeWhenEveryRouterClosedItAndItIsEmpty() {
      nodes.addAll(
          List.of(
              serving(0, 9),
              draining(outdated(serving(1, 3)), Duration.ofMinutes(1), 0, 0),
              serving(2, 6)));
      assertThat(plan().steps()).containsExactly(new Step.Stop("p-1", DrainReason.OUTDATED, false));
      assertThat(plan().replicas()).isEqualTo(3);
    }

    @Test
    void doesNotStopAnEmptyNodeThatSomeRouterStillPlacesOn() {
      nodes.addAll(
          List.of(
              serving(0, 9),
              new NodeView(
                  "p-1",
                  1,
                  true,
                  true,
                  true,
                  false,
                  false,
                  false,
                  new Load(false, true, 0, 0),
                  NOW),
              serving(2, 6)));
      assertThat(plan().steps()).containsExactly(new Step.Close("p-1"));
    }

    @Test
    void stopsDeadNodesAtOnceAndAllOfThem() {
      nodes.addAll(
          List.of(outdated(dead(serving(0, 0))), outdated(dead(serving(1, 0))), serving(2, 6)));
      assertThat(plan().steps())
          .containsExactly(
              new Step.Stop("p-0", DrainReason.OUTDATED, false),
              new Step.Stop("p-1", DrainReason.OUTDATED, false));
    }

    @Test
    void reopensANodeWhoseReasonHasGone() {
      nodes.addAll(
          List.of(
              serving(0, 9), draining(serving(1, 3), Duration.ofMinutes(1), 1, 3), serving(2, 6)));
      assertThat(plan().steps()).containsExactly(new Step.Reopen("p-1"));
    }
  }

  @Nested
  class Refusal {
    @Test
    void aSingleNodeWithCallsIsNotRolled() {
      wanted = existing = 1;
      nodes.add(outdated(serving(0, 4)));
      assertThat(plan().steps())
          .singleElement()
          .satisfies(
              step ->
                  assertThat(((Step.Refuse) step).because())
                      .contains("4 participants", "Add a node"));
    }

    @Test
    void aSingleNodeWithoutCallsIsRolled() {
      wanted = existing = 1;
      nodes.add(outdated(serving(0, 0)));
      assertThat(plan().steps()).contains(new Step.Close("p-0"));
    }

    @Test
    void aFullPoolIsNotRolledUnlessAnotherPoolHasRoom() {
      limit = 10;
      nodes.addAll(
          List.of(outdated(serving(0, 8)), outdated(serving(1, 8)), outdated(serving(2, 8))));
      assertThat(plan().steps()).singleElement().isInstanceOf(Step.Refuse.class);
      elsewhere = 4;
      assertThat(plan().steps()).contains(new Step.Close("p-2"));
    }

    @Test
    void nothingBeginsWhileNoRouterAnswers() {
      nodes.addAll(
          List.of(
              unknown(outdated(serving(0, 0))), unknown(serving(1, 0)), unknown(serving(2, 0))));
      assertThat(plan().steps()).singleElement().isInstanceOf(Step.Refuse.class);
    }

    @Test
    void aRunningDrainWaitsWhileNoRouterAnswers() {
      NodeView node = draining(outdated(serving(1, 3)), Duration.ofMinutes(1), 0, 0);
      nodes.addAll(List.of(serving(0, 9), unknown(node), serving(2, 6)));
      assertThat(plan().steps()).containsExactly(new Step.Close("p-1"));
    }

    @Test
    void aDeletionBySomebodyElseCannotBeRefused() {
      wanted = existing = 1;
      nodes.add(terminating(serving(0, 4)));
      assertThat(plan().steps())
          .containsExactly(new Step.Begin("p-0", DrainReason.TERMINATING), new Step.Close("p-0"));
    }
  }

  @Nested
  class Scaling {
    @Test
    void growsAtOnceEvenWhileDraining() {
      wanted = 5;
      nodes.addAll(
          List.of(
              serving(0, 9),
              draining(outdated(serving(1, 3)), Duration.ofMinutes(1), 1, 3),
              serving(2, 6)));
      assertThat(plan().replicas()).isEqualTo(5);
    }

    @Test
    void shrinksFromTheEndWhateverTheLoad() {
      wanted = 2;
      nodes.addAll(List.of(serving(0, 0), serving(1, 0), serving(2, 9)));
      assertThat(plan().draining())
          .containsExactly(java.util.Map.entry("p-2", DrainReason.SCALE_DOWN));
      assertThat(plan().replicas()).isEqualTo(3);
    }

    @Test
    void shrinksOnlyWhenTheLastNodeIsEmpty() {
      wanted = 2;
      nodes.addAll(
          List.of(
              serving(0, 0), serving(1, 0), draining(serving(2, 9), Duration.ofMinutes(1), 0, 0)));
      RollPlan plan = plan();
      assertThat(plan.steps()).containsExactly(new Step.Stop("p-2", DrainReason.SCALE_DOWN, false));
      assertThat(plan.replicas()).isEqualTo(2);
    }

    @Test
    void aNodeThatNeverCameUpIsDroppedWithoutADrain() {
      wanted = 2;
      nodes.addAll(List.of(serving(0, 0), serving(1, 0)));
      assertThat(plan().replicas()).isEqualTo(2);
    }

    @Test
    void scaleUpAgainReopensTheDrainingNode() {
      nodes.addAll(
          List.of(
              serving(0, 0), serving(1, 0), draining(serving(2, 9), Duration.ofMinutes(1), 2, 9)));
      assertThat(plan().steps()).containsExactly(new Step.Reopen("p-2"));
    }
  }

  @Nested
  class Time {
    @Test
    void waitsBeforeItMovesRooms() {
      moveAfter = Duration.ofMinutes(10);
      nodes.addAll(
          List.of(
              serving(0, 9),
              draining(outdated(serving(1, 3)), Duration.ofMinutes(9), 1, 3),
              serving(2, 6)));
      assertThat(plan().steps()).isEmpty();
      nodes.set(1, draining(outdated(serving(1, 3)), Duration.ofMinutes(10), 1, 3));
      assertThat(plan().steps()).containsExactly(new Step.Move("p-1", 10));
    }

    @Test
    void stopsByForceAfterTheDeadline() {
      nodes.addAll(
          List.of(
              serving(0, 9),
              draining(outdated(serving(1, 3)), Duration.ofHours(4), 1, 3),
              serving(2, 6)));
      assertThat(plan().steps()).containsExactly(new Step.Stop("p-1", DrainReason.OUTDATED, true));
    }
  }

  @Nested
  class Eviction {
    @Test
    void aCordonedNodeIsDrainedBeforeARollOut() {
      nodes.addAll(List.of(cordoned(serving(0, 9)), serving(1, 3), serving(2, 6)));
      assertThat(plan().draining())
          .containsExactly(java.util.Map.entry("p-0", DrainReason.CORDONED));
    }

    @Test
    void aTerminatingNodeIsClosedAndItsRoomsAreMovedButItIsNotStoppedTwice() {
      nodes.addAll(
          List.of(
              serving(0, 9),
              draining(terminating(serving(1, 3)), Duration.ofMinutes(1), 1, 3),
              serving(2, 6)));
      assertThat(plan().steps()).containsExactly(new Step.Move("p-1", 10));
      nodes.set(1, draining(terminating(serving(1, 3)), Duration.ofMinutes(1), 0, 0));
      assertThat(plan().steps()).isEmpty();
    }
  }

  @Nested
  class Deletion {
    @Test
    void emptiesOneNodeAfterTheOtherFromTheEnd() {
      deleted = true;
      nodes.addAll(List.of(serving(0, 0), serving(1, 0), serving(2, 9)));
      assertThat(plan().draining())
          .containsExactly(java.util.Map.entry("p-2", DrainReason.POOL_DELETED));
    }

    @Test
    void theLastNodeWaitsForItsCallsToEnd() {
      deleted = true;
      existing = 1;
      nodes.add(draining(serving(0, 4), Duration.ofMinutes(1), 1, 4));
      assertThat(plan().steps()).containsExactly(new Step.Move("p-0", 10));
      assertThat(plan().replicas()).isEqualTo(1);
      nodes.set(0, draining(serving(0, 4), Duration.ofMinutes(1), 0, 0));
      assertThat(plan().replicas()).isZero();
    }
  }
}
