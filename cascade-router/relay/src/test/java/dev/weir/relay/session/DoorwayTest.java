package dev.weir.relay.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DoorwayTest {
  private static final URI A = URI.create("ws://a");
  private static final URI B = URI.create("ws://b");
  private static final int AT_ONCE = 24;

  private final Doorway doorway = new Doorway();
  private final List<Integer> joined = new ArrayList<>();

  private void enter(int who, URI server) {
    doorway.enter(who, server, () -> joined.add(who));
  }

  private void fill() {
    for (int i = 0; i < AT_ONCE; i++) {
      enter(i, A);
    }
    assertThat(joined).hasSize(AT_ONCE);
  }

  @Test
  void whoComesLateWaitsUntilSomebodyIsThroughAndComesInOrder() {
    fill();
    enter(100, A);
    enter(101, A);
    assertThat(joined).hasSize(AT_ONCE);
    doorway.leave(7);
    assertThat(joined).hasSize(AT_ONCE + 1).endsWith(100);
    doorway.leave(3);
    assertThat(joined).endsWith(100, 101);
  }

  @Test
  void aServerThatDoesNotAnswerHoldsUpNoOther() {
    fill();
    enter(100, B);
    assertThat(joined).endsWith(100);
    doorway.leave(100);
    enter(101, A);
    assertThat(joined).doesNotContain(101);
  }

  @Test
  void whoHasLeftIsNotLetInAndTakesNobodysPlace() {
    fill();
    enter(100, A);
    enter(101, A);
    doorway.leave(100);
    doorway.leave(100);
    assertThat(joined).hasSize(AT_ONCE);
    doorway.leave(0);
    assertThat(joined).endsWith(101);
  }

  @Test
  void neverTooManyAndNobodyForgottenWhenAllComeAtOnce() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Semaphore through = new Semaphore(0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2_000; i++) {
        Object who = new Object();
        Runnable joining =
            () -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              Thread.yield();
              inside.decrementAndGet();
              doorway.leave(who);
              through.release();
            };
        threads.execute(() -> doorway.enter(who, A, () -> threads.execute(joining)));
      }
      through.acquire(2_000);
    }
    assertThat(most.get()).isBetween(2, AT_ONCE);
    fill();
  }
}
