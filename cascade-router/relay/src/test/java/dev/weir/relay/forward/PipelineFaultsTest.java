package dev.weir.relay.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A source's stream with everything that a network and its server do to it, all at once. */
class PipelineFaultsTest {
  private static final int PACKETS = 3_000;
  private static final int BURST = 60;
  private static final int FIRST = 64_000;

  private final FakeSfu sfu = new FakeSfu();
  private final Set<Integer> injected = new HashSet<>();
  private int answered;

  PipelineFaultsTest() throws Exception {}

  @AfterEach
  void stop() throws Exception {
    sfu.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyPacketOfThePublisherArrivesOnceAndInItsPlace(long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 20; i < PACKETS; i++) {
      // A muted stretch now and then, which the server fills with frames of its own.
      if (i % 500 > 450) {
        injected.add(i);
      }
    }
    List<Integer> late = new ArrayList<>();
    for (int from = 0; from < PACKETS; from += BURST) {
      int begin = from;
      sfu.onLoop(() -> burst(begin, random, late));
      CompletableFuture<Void> roundTrip = new CompletableFuture<>();
      sfu.loop.schedule(12_000_000L, () -> roundTrip.complete(null));
      roundTrip.get(5, TimeUnit.SECONDS);
      sfu.onLoop(() -> answer(random));
    }
    sfu.onLoop(() -> late.forEach(this::arrive));

    List<Integer> real =
        IntStream.range(0, PACKETS).boxed().filter(i -> !injected.contains(i)).toList();
    await()
        .atMost(Duration.ofSeconds(10))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              sfu.onLoop(() -> answer(random));
              Set<Integer> missing = new HashSet<>(real);
              missing.removeAll(sfu.delivered.values());
              assertThat(missing).isEmpty();
            });

    assertThat(List.copyOf(sfu.delivered.values())).isEqualTo(real);
    assertThat(sfu.refused).isZero();
    assertThat(sfu.meter.read().lost()).isZero();
    assertThat(sfu.meter.read().recovered()).isPositive();
  }

  private void burst(int begin, Random random, List<Integer> late) {
    late.forEach(this::arrive);
    late.clear();
    for (int i = begin; i < Math.min(PACKETS, begin + BURST); i++) {
      int fate = random.nextInt(100);
      // The first packets make the stream; the last ones show what is missing before them.
      boolean certain = i < 20 || i > PACKETS - 20;
      if (fate >= 8 || certain) {
        arrive(i);
      } else if (fate >= 5) {
        late.add(i);
      }
      if (fate > 95) {
        arrive(i);
      }
    }
  }

  private void arrive(int number) {
    int sequence = FIRST + number & 0xffff;
    sfu.arrive(
        injected.contains(number) ? FakeSfu.injected(sequence) : FakeSfu.packet(sequence, number));
  }

  /** The source sends again what it is asked for; one in twenty is lost once more. */
  private void answer(Random random) {
    for (; answered < sfu.asked.size(); answered++) {
      if (random.nextInt(20) > 0) {
        arrive(sfu.asked.get(answered) - FIRST & 0xffff);
      }
    }
  }
}
