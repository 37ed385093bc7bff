package dev.weir.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForwardingTest {
  private final FakeSfu sfu = new FakeSfu();

  ForwardingTest() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    sfu.close();
  }

  @Test
  void closesTheGapOfWhatTheServerInjected() throws Exception {
    sfu.onLoop(
        () -> {
          for (int i = 0; i < 200; i++) {
            boolean injected = i > 0 && i % 7 < 3;
            sfu.arrive(
                injected
                    ? FakeSfu.injected(65_400 + i & 0xffff)
                    : FakeSfu.packet(65_400 + i & 0xffff, i));
          }
        });

    assertThat(sfu.delivered.values()).doesNotContain(-1);
    assertThat(List.copyOf(sfu.delivered.keySet()))
        .isEqualTo(IntStream.range(500, 500 + sfu.delivered.size()).boxed().toList());
    assertThat(sfu.meter.read().sifDropped()).isEqualTo(86);
  }

  @Test
  void reorderingKeepsEveryPacketInItsPlace() throws Exception {
    List<Integer> order = new ArrayList<>(IntStream.range(0, 500).boxed().toList());
    Random random = new Random(4);
    for (int i = 1; i + 8 < order.size(); i += 4) {
      Collections.swap(order, i, i + random.nextInt(8));
    }
    sfu.onLoop(() -> order.forEach(i -> sfu.arrive(FakeSfu.packet(i, i))));

    assertThat(sfu.delivered).hasSize(500);
    sfu.delivered.forEach((sequence, number) -> assertThat(sequence).isEqualTo(500 + number));
    assertThat(sfu.refused).isZero();
  }

  @Test
  void asksTheSourceForWhatIsMissingAndPassesItOnWhenItComes() throws Exception {
    sfu.onLoop(
        () -> {
          for (int i = 0; i < 20; i++) {
            if (i != 5 && i != 6 && i != 11) {
              sfu.arrive(FakeSfu.packet(i, i));
            }
          }
        });

    await()
        .atMost(Duration.ofSeconds(2))
        .until(() -> List.copyOf(sfu.asked).containsAll(List.of(5, 6, 11)));
    sfu.onLoop(() -> List.of(11, 5, 6).forEach(i -> sfu.arrive(FakeSfu.packet(i, i))));

    assertThat(List.copyOf(sfu.delivered.values()))
        .isEqualTo(IntStream.range(0, 20).boxed().toList());
  }

  @Test
  void doesNotRepairWhatIsNotWantedAnyMore() throws Exception {
    sfu.onLoop(
        () -> {
          sfu.arrive(FakeSfu.packet(1, 1));
          sfu.arrive(FakeSfu.packet(5, 5));
          sfu.bind(false);
          // What was under way comes with holes of its own.
          sfu.arrive(FakeSfu.packet(9, 9));
        });
    await().pollDelay(Duration.ofMillis(100)).until(() -> true);
    assertThat(sfu.asked).isEmpty();

    sfu.onLoop(
        () -> {
          sfu.bind(true);
          sfu.arrive(FakeSfu.packet(20, 20));
          sfu.arrive(FakeSfu.packet(22, 22));
        });
    await().atMost(Duration.ofSeconds(2)).until(() -> sfu.asked.contains(21));
    assertThat(sfu.asked).doesNotContain(2, 3, 4, 6, 7, 8);
  }

  @Test
  void answersTheTargetFromMemory() throws Exception {
    List<Integer> before = new CopyOnWriteArrayList<>();
    sfu.onLoop(
        () -> {
          for (int i = 0; i < 50; i++) {
            sfu.arrive(FakeSfu.packet(i, i));
          }
          before.add(sfu.refused);
          sfu.out.nack(510, 0b11, System.nanoTime());
        });

    // The fake target had them all, so its replay window refuses the copies: they were sent again,
    // bit for bit.
    assertThat(sfu.refused - before.getFirst()).isEqualTo(3);
    assertThat(sfu.meter.read().nacksAnswered()).isEqualTo(3);
    sfu.onLoop(() -> sfu.out.nack(9_999, 0, System.nanoTime()));
    assertThat(sfu.meter.read().nacksMissed()).isEqualTo(1);
  }

  @Test
  void aNewSourceStreamGoesOnWhereTheOldOneEnded() throws Exception {
    sfu.onLoop(
        () -> {
          for (int i = 0; i < 10; i++) {
            sfu.arrive(FakeSfu.packet(100 + i, i));
          }
          sfu.pull.detach();
          sfu.pull.bind(
              List.of(new PullMedia.Binding("3", FakeSfu.SOURCE_SSRC, sfu.forwarder, true)));
          for (int i = 0; i < 10; i++) {
            sfu.arrive(FakeSfu.packet(50_000 + i, 10 + i));
          }
        });

    assertThat(List.copyOf(sfu.delivered.values()))
        .isEqualTo(IntStream.range(0, 20).boxed().toList());
    assertThat(List.copyOf(sfu.delivered.keySet()))
        .isEqualTo(IntStream.range(500, 520).boxed().toList());
  }

  @Test
  void keyFrameRequestsOfManyViewersBecomeTwo() throws Exception {
    sfu.onLoop(
        () -> {
          sfu.arrive(FakeSfu.packet(1, 1));
          for (int i = 0; i < 50; i++) {
            sfu.out.keyFrameRequest(System.nanoTime());
          }
        });

    await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(2)).until(() -> true);
    assertThat(sfu.keyFrameRequests).isBetween(1, 2);
    assertThat(sfu.meter.read().plisHeldBack()).isPositive();
  }

  @Test
  void nothingLeavesWhileNobodyWatches() throws Exception {
    sfu.onLoop(
        () -> {
          sfu.out.wanted(false);
          for (int i = 0; i < 10; i++) {
            sfu.arrive(FakeSfu.packet(i, i));
          }
          sfu.out.wanted(true);
          for (int i = 10; i < 20; i++) {
            sfu.arrive(FakeSfu.packet(i, i));
          }
        });

    assertThat(List.copyOf(sfu.delivered.values()))
        .isEqualTo(IntStream.range(10, 20).boxed().toList());
    assertThat(sfu.delivered.keySet()).contains(500);
  }
}
