package dev.weir.operator.api;

import dev.weir.crds.WeirApi;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The StatefulSet controller and the kubelet in small: pods come with the template of the moment,
 * run at once, and end when they are deleted.
 */
final class PodWorld implements AutoCloseable {
  private final KubernetesClient client;
  private final FakeRouter router;
  private final String namespace;
  private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
  final AtomicInteger callsEnded = new AtomicInteger();

  PodWorld(KubernetesClient client, FakeRouter router, String namespace) {
    this.client = client;
    this.router = router;
    this.namespace = namespace;
    loop.scheduleWithFixedDelay(this::turn, 0, 100, TimeUnit.MILLISECONDS);
  }

  private void turn() {
    try {
      List<Pod> pods = client.pods().inNamespace(namespace).list().getItems();
      for (Pod pod : pods) {
        if (pod.isMarkedForDeletion()) {
          end(pod);
        }
      }
      for (StatefulSet set :
          client.apps().statefulSets().inNamespace(namespace).list().getItems()) {
        keep(set, pods);
      }
    } catch (RuntimeException e) {
      // The API server may be on its way down, or an object changed under us: the next turn looks
      // again.
      Thread.onSpinWait();
    }
  }

  private void keep(StatefulSet set, List<Pod> pods) {
    String name = set.getMetadata().getName();
    for (Pod pod : pods) {
      String podName = pod.getMetadata().getName();
      if (name.equals(pod.getMetadata().getLabels().get(WeirApi.POOL_LABEL))
          && !pod.isMarkedForDeletion()) {
        int ordinal = Integer.parseInt(podName.substring(podName.lastIndexOf('-') + 1));
        if (ordinal >= set.getSpec().getReplicas()) {
          client.resource(pod).delete();
        }
      }
    }
    for (int ordinal = 0; ordinal < set.getSpec().getReplicas(); ordinal++) {
      String podName = name + "-" + ordinal;
      if (pods.stream().noneMatch(pod -> pod.getMetadata().getName().equals(podName))) {
        start(set, podName);
      }
    }
  }

  private void start(StatefulSet set, String name) {
    Map<String, String> labels =
        new TreeMap<>(set.getSpec().getTemplate().getMetadata().getLabels());
    labels.put("statefulset.kubernetes.io/pod-name", name);
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .withLabels(labels)
            .endMetadata()
            .withSpec(set.getSpec().getTemplate().getSpec())
            .editSpec()
            .withNodeName("worker-1")
            .endSpec()
            .build();
    Pod made = client.resource(pod).create();
    made.setStatus(running());
    client.resource(made).updateStatus();
    router.up(namespace, set.getMetadata().getName(), name);
  }

  private static PodStatus running() {
    return new PodStatusBuilder()
        .withPhase("Running")
        .withPodIP("10.1.0.1")
        .withHostIP("10.2.0.1")
        .addNewCondition()
        .withType("Ready")
        .withStatus("True")
        .endCondition()
        .addNewContainerStatus()
        .withName("livekit")
        .withImage("livekit")
        .withImageID("livekit")
        .withReady(true)
        .withRestartCount(0)
        .withNewState()
        .withNewRunning()
        .endRunning()
        .endState()
        .endContainerStatus()
        .build();
  }

  private void end(Pod pod) {
    String pool =
        Objects.requireNonNullElse(pod.getMetadata().getLabels().get(WeirApi.POOL_LABEL), "");
    String name = pod.getMetadata().getName();
    callsEnded.addAndGet(router.calls(namespace, pool, name));
    router.calls(namespace, pool, name, 0);
    router.down(namespace, pool, name);
    client.resource(pod).withGracePeriod(0).delete();
  }

  @Override
  public void close() {
    loop.shutdownNow();
  }
}
