package dev.weir.operator.pool;

import dev.weir.crds.SfuPool;
import dev.weir.operator.event.EventReason;
import dev.weir.operator.event.EventRecorder;
import dev.weir.operator.roll.RollPlan;
import dev.weir.operator.roll.Step;
import dev.weir.operator.router.RouterClient;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Carries out what the roller decided. */
final class StepRunner {
  private static final Logger LOG = Logger.getLogger(StepRunner.class);
  private static final long FORCED_GRACE_SECONDS = 10;

  private final KubernetesClient client;
  private final RouterClient router;
  private final EventRecorder events;

  StepRunner(KubernetesClient client, RouterClient router, EventRecorder events) {
    this.client = client;
    this.router = router;
    this.events = events;
  }

  void run(SfuPool pool, RollPlan plan, List<Pod> pods) {
    String namespace = pool.getMetadata().getNamespace();
    String name = pool.getMetadata().getName();
    for (Step step : plan.steps()) {
      switch (step) {
        case Step.Begin begin ->
            events.record(
                pool,
                EventReason.DRAIN_STARTED,
                "node " + begin.node() + " drains: " + begin.reason().word());
        case Step.Close close -> router.setDraining(namespace, name, close.node(), true);
        case Step.Reopen reopen -> {
          router.setDraining(namespace, name, reopen.node(), false);
          events.record(
              pool, EventReason.NODE_REOPENED, "node " + reopen.node() + " takes new rooms again");
        }
        case Step.Move move -> router.move(namespace, name, move.node(), move.pace());
        case Step.Stop stop -> stop(pool, stop, pods);
        case Step.Refuse refuse ->
            events.record(
                pool,
                EventReason.DRAIN_REFUSED,
                "node " + refuse.node() + " (" + refuse.reason().word() + "): " + refuse.because());
      }
    }
  }

  private void stop(SfuPool pool, Step.Stop stop, List<Pod> pods) {
    if (stop.forced()) {
      events.record(
          pool,
          EventReason.DRAIN_DEADLINE_EXCEEDED,
          "node "
              + stop.node()
              + " is stopped although it is not empty: its drain deadline has passed");
    } else {
      events.record(
          pool,
          EventReason.DRAIN_ENDED,
          "node " + stop.node() + " is empty and stops: " + stop.reason().word());
    }
    Optional<Pod> pod =
        pods.stream()
            .filter(candidate -> candidate.getMetadata().getName().equals(stop.node()))
            .findFirst();
    if (pod.isPresent()) {
      delete(pod.get(), stop.forced());
    }
  }

  /**
   * Only the very pod that was seen empty: by now another of the same name may have taken calls.
   */
  private void delete(Pod pod, boolean forced) {
    try {
      var deletion =
          client.resource(pod).lockResourceVersion(pod.getMetadata().getResourceVersion());
      if (forced) {
        client.resource(pod).withGracePeriod(FORCED_GRACE_SECONDS).delete();
      } else {
        deletion.delete();
      }
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT
          && e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      LOG.debugf("pod changed before it could be deleted name=%s", pod.getMetadata().getName());
    }
  }
}
