package dev.weir.service.config.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.crds.ResourceFiles;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolStatus;
import dev.weir.crds.SfuPoolStatus.NodeStatus;
import dev.weir.crds.SfuPoolStatus.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeaningTest {
  private static SfuPool pool(State state, int rooms) {
    SfuPool pool =
        (SfuPool)
            new ResourceFiles()
                .read(
                    "{apiVersion: weir.dev/v1alpha1, kind: SfuPool, metadata: {name: main, namespace: rtc, generation: 3},"
                        + " spec: {homeserverRef: {name: a}, replicas: 1, version: v1.13.5, exposure: {mode: ClusterOnly}}}",
                    "test")
                .get(0);
    NodeStatus node =
        new NodeStatus("main-0", null, "ws://main-0", state, rooms, 2, 0.1, null, null, null);
    pool.setStatus(new SfuPoolStatus(3, 1, 1, null, rooms, 2, 0, List.of(node), List.of()));
    return pool;
  }

  @Test
  void numbersThatMoveAllTheTimeDoNotMatter() {
    assertThat(Meaning.of(List.of(pool(State.SERVING, 1))))
        .isEqualTo(Meaning.of(List.of(pool(State.SERVING, 7))));
  }

  @Test
  void aNodeThatBeginsToDrainMatters() {
    assertThat(Meaning.of(List.of(pool(State.SERVING, 1))))
        .isNotEqualTo(Meaning.of(List.of(pool(State.DRAINING, 1))));
  }
}
