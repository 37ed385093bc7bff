package dev.weir.session.move;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MoveQueueTest {

  private static final Instant T = Instant.parse("2026-11-21T00:00:00Z");
  private final MoveQueue queue = new MoveQueue(new Pace(2, Duration.ofMillis(250), 3));

  private static Wish wish(String room, Cause cause, int people) {
    return new Wish("a", room, "n1", cause, people);
  }

  @Test
  void smallRoomsFirstAndPaced() {
    queue.offer(wish("large", Cause.DRAIN, 50));
    queue.offer(wish("small", Cause.DRAIN, 2));
    queue.offer(wish("middle", Cause.DRAIN, 9));
    assertThat(queue.start(T)).extracting(Wish::room).containsExactly("small");
    assertThat(queue.start(T.plusMillis(249))).isEmpty();
    assertThat(queue.start(T.plusMillis(250))).extracting(Wish::room).containsExactly("middle");
    assertThat(queue.start(T.plusMillis(500))).as("two at once").isEmpty();
    queue.finished("a", "small");
    assertThat(queue.start(T.plusMillis(500))).extracting(Wish::room).containsExactly("large");
  }

  @Test
  void oneClientThatStaysAwayDoesNotHoldUpTheOthers() {
    queue.offer(wish("a", Cause.DRAIN, 1));
    queue.offer(wish("b", Cause.DRAIN, 2));
    queue.offer(wish("c", Cause.DRAIN, 3));
    queue.start(T);
    queue.start(T.plusSeconds(1));
    assertThat(queue.start(T.plusSeconds(2))).isEmpty();
    queue.told("a", "a");
    assertThat(queue.start(T.plusSeconds(3))).extracting(Wish::room).containsExactly("c");
    assertThat(queue.offer(wish("a", Cause.DRAIN, 1))).as("it still moves").isFalse();
  }

  @Test
  void urgentMovesWaitForNothingButTheirOwnLimit() {
    queue.offer(wish("planned", Cause.DRAIN, 1));
    for (int i = 0; i < 4; i++) {
      queue.offer(wish("lost" + i, Cause.NODE_LOST, 5));
    }
    assertThat(queue.start(T))
        .extracting(Wish::room)
        .containsExactly("lost0", "lost1", "lost2", "planned");
    assertThat(queue.waiting()).isEqualTo(1);
  }

  @Test
  void oneMoveARoomAtATime() {
    assertThat(queue.offer(wish("r", Cause.DRAIN, 1))).isTrue();
    assertThat(queue.offer(wish("r", Cause.DEMAND, 1))).isFalse();
    queue.start(T);
    assertThat(queue.offer(wish("r", Cause.DRAIN, 1))).isFalse();
    assertThat(queue.offer(wish("r", Cause.NODE_LOST, 1))).as("it must move again").isTrue();
    assertThat(queue.start(T.plusSeconds(1))).isEmpty();
    queue.finished("a", "r");
    assertThat(queue.start(T.plusSeconds(1)))
        .extracting(Wish::cause)
        .containsExactly(Cause.NODE_LOST);
  }

  @Test
  void aRoomThatIsOnItsWayToANodeIsTakenOffItAfterwards() {
    queue.offer(new Wish("a", "r", "n1", Cause.DEMAND, 1));
    queue.start(T);
    assertThat(queue.offer(new Wish("a", "r", "n2", Cause.DRAIN, 1))).isTrue();
    assertThat(queue.start(T.plusSeconds(1))).as("it still moves").isEmpty();
    queue.finished("a", "r");
    assertThat(queue.start(T.plusSeconds(1))).extracting(Wish::from).containsExactly("n2");
  }

  @Test
  void sameRoomNameAtAnotherSiteIsAnotherRoom() {
    queue.offer(wish("r", Cause.NODE_LOST, 1));
    assertThat(queue.offer(new Wish("b", "r", "n1", Cause.NODE_LOST, 1))).isTrue();
    assertThat(queue.start(T)).hasSize(2);
  }

  @Test
  void aNodeIsDrainedAsSlowlyAsTheAdminWants() {
    queue.pace("n1", 2);
    for (int people = 1; people <= 5; people++) {
      queue.offer(wish("r" + people, Cause.DRAIN, people));
    }
    assertThat(begun(T)).containsExactly("r1");
    assertThat(begun(T.plusMillis(249))).isEmpty();
    assertThat(begun(T.plusMillis(250))).containsExactly("r2");
    assertThat(begun(T.plusMillis(59_999))).isEmpty();
    assertThat(begun(T.plusMillis(60_000))).containsExactly("r3");
    assertThat(begun(T.plusMillis(60_249))).isEmpty();
    assertThat(begun(T.plusMillis(60_250))).containsExactly("r4");
    queue.pace("n1", 60);
    assertThat(begun(T.plusMillis(60_500))).containsExactly("r5");
  }

  @Test
  void theSlowDrainOfOneNodeHoldsUpNothingElse() {
    queue.pace("n1", 1);
    queue.offer(wish("a", Cause.DRAIN, 1));
    queue.offer(wish("b", Cause.DRAIN, 2));
    assertThat(begun(T)).containsExactly("a");
    queue.offer(new Wish("a", "other", "n2", Cause.DRAIN, 9));
    assertThat(begun(T.plusSeconds(1))).containsExactly("other");
    queue.offer(wish("wanted", Cause.DEMAND, 9));
    assertThat(begun(T.plusSeconds(2))).containsExactly("wanted");
    queue.offer(wish("b", Cause.NODE_LOST, 2));
    assertThat(begun(T.plusSeconds(3))).containsExactly("b");
  }

  @Test
  void withoutAWishOfTheAdminTheQueuesOwnPaceHolds() {
    queue.pace("n1", 1);
    queue.offer(wish("a", Cause.DRAIN, 1));
    queue.offer(wish("b", Cause.DRAIN, 2));
    assertThat(begun(T)).containsExactly("a");
    queue.pace("n1", 0);
    assertThat(begun(T.plusMillis(249))).isEmpty();
    assertThat(begun(T.plusMillis(250))).containsExactly("b");
    queue.pace("n1", 6_000);
    queue.offer(wish("c", Cause.DRAIN, 3));
    assertThat(begun(T.plusMillis(499))).isEmpty();
    assertThat(begun(T.plusMillis(500))).containsExactly("c");
  }

  @Test
  void aDrainThatIsCalledOffLeavesNoPaceBehind() {
    queue.pace("n1", 1);
    queue.offer(wish("a", Cause.DRAIN, 1));
    queue.offer(wish("b", Cause.DRAIN, 1));
    assertThat(begun(T)).hasSize(1);
    queue.withdraw("n1");
    queue.offer(wish("b", Cause.DRAIN, 1));
    assertThat(begun(T.plusSeconds(1))).containsExactly("b");
  }

  /** What begins now, and is over at once. */
  private List<String> begun(Instant now) {
    List<String> rooms = queue.start(now).stream().map(Wish::room).toList();
    rooms.forEach(room -> queue.finished("a", room));
    return rooms;
  }

  @Test
  void forgetsPlannedMovesOfANodeThatIsNotDrainedAnyMore() {
    queue.offer(wish("r", Cause.DRAIN, 1));
    queue.offer(wish("s", Cause.NODE_LOST, 1));
    assertThat(queue.withdraw("n1")).isEqualTo(1);
    assertThat(queue.waiting()).isEqualTo(1);
  }
}
