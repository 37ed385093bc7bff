package dev.weir.operator.roll;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.operator.roll.NodeView.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A small world of pods, routers and calls that obeys the roller's steps, with operator restarts,
 * router outages and changes of mind.
 */
class RollerPropertiesTest {
  private static final class Pod {
    int revision;
    int participants;
    boolean closed;
    boolean serving;
    @Nullable Instant since;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void neverEndsACallAndAlwaysComesToRest(long seed) {
    Random random = new Random(seed);
    Map<Integer, Pod> pods = new TreeMap<>();
    int wanted = 2 + random.nextInt(4);
    int replicas = wanted;
    int revision = 1;
    Instant now = Instant.parse("2026-11-21T12:00:00Z");
    for (int step = 0; step < 600; step++) {
      now = now.plusSeconds(10);
      boolean calm = step > 300;
      if (!calm && random.nextInt(20) == 0) {
        wanted = 2 + random.nextInt(4);
      }
      if (!calm && random.nextInt(25) == 0) {
        revision++;
      }
      boolean routersAway = !calm && random.nextInt(10) == 0;
      for (int ordinal = 0; ordinal < replicas; ordinal++) {
        Pod pod = pods.computeIfAbsent(ordinal, key -> new Pod());
        if (pod.revision == 0) {
          pod.revision = revision;
        } else {
          pod.serving = true;
        }
        if (calm && pod.participants > 0 && random.nextInt(10) == 0) {
          pod.participants--;
        }
        if (pod.serving && !pod.closed && !calm) {
          pod.participants = Math.min(8, pod.participants + random.nextInt(2));
        }
      }
      RollPlan plan = Roller.plan(view(pods, wanted, replicas, revision, routersAway, now));
      Map<Integer, Pod> before = new HashMap<>(pods);
      assertThat(before.entrySet())
          .as("one node with calls at a time, seed %d", seed)
          .filteredOn(
              pod ->
                  pod.getValue().participants > 0
                      && plan.draining().containsKey("p-" + pod.getKey()))
          .hasSizeLessThanOrEqualTo(1);
      for (Step action : plan.steps()) {
        Pod pod = Objects.requireNonNull(pods.get(Integer.parseInt(action.node().substring(2))));
        switch (action) {
          case Step.Begin ignored -> pod.since = now;
          case Step.Close ignored -> pod.closed = !routersAway || pod.closed;
          case Step.Reopen ignored -> {
            pod.closed = false;
            pod.since = null;
          }
          case Step.Move ignored -> {
            for (Pod other : pods.values()) {
              while (other != pod
                  && other.serving
                  && !other.closed
                  && other.participants < 16
                  && pod.participants > 0) {
                other.participants++;
                pod.participants--;
              }
            }
          }
          case Step.Stop stop -> {
            assertThat(pod.participants)
                .as("calls on %s at its stop, seed %d", stop.node(), seed)
                .isZero();
            pods.remove(Integer.parseInt(stop.node().substring(2)));
          }
          case Step.Refuse ignored -> {}
        }
      }
      replicas = plan.replicas();
      for (int ordinal : List.copyOf(pods.keySet())) {
        if (ordinal >= replicas) {
          assertThat(Objects.requireNonNull(pods.get(ordinal)).participants)
              .as("calls on a node scaled away, seed %d", seed)
              .isZero();
          pods.remove(ordinal);
        }
      }
    }
    int current = revision;
    assertThat(replicas).as("seed %d", seed).isEqualTo(wanted);
    assertThat(pods.values())
        .as("seed %d", seed)
        .hasSize(wanted)
        .allMatch(pod -> pod.revision == current && !pod.closed);
  }

  private static PoolView view(
      Map<Integer, Pod> pods,
      int wanted,
      int replicas,
      int revision,
      boolean routersAway,
      Instant now) {
    List<NodeView> nodes = new ArrayList<>();
    Map<Integer, Pod> copy = new HashMap<>(pods);
    copy.forEach(
        (ordinal, pod) ->
            nodes.add(
                new NodeView(
                    "p-" + ordinal,
                    ordinal,
                    pod.serving,
                    pod.serving,
                    pod.revision != revision,
                    false,
                    false,
                    false,
                    routersAway || !pod.serving
                        ? null
                        : new Load(pod.closed, true, pod.participants, pod.participants),
                    pod.since)));
    return new PoolView(
        nodes, wanted, replicas, false, 16, 0, Duration.ZERO, Duration.ofDays(9), 10, now);
  }
}
