package dev.weir.operator.event;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Sends events; the same one about the same object at most once in ten minutes. */
public final class EventRecorder {
  private static final Logger LOG = Logger.getLogger(EventRecorder.class);
  private static final Duration QUIET = Duration.ofMinutes(10);
  private static final int REMEMBERED = 10_000;

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Map<String, Instant> sent = new ConcurrentHashMap<>();

  public EventRecorder(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  public void record(HasMetadata about, EventReason reason, String message) {
    Instant now = clock.instant();
    String key = about.getMetadata().getUid() + '|' + reason + '|' + message;
    Instant last = sent.get(key);
    if (last != null && now.isBefore(last.plus(QUIET))) {
      return;
    }
    if (sent.size() >= REMEMBERED) {
      sent.values().removeIf(instant -> !now.isBefore(instant.plus(QUIET)));
    }
    sent.put(key, now);
    LOG.infof(
        "event reason=%s kind=%s namespace=%s name=%s message=%s",
        reason.word(),
        about.getKind(),
        about.getMetadata().getNamespace(),
        about.getMetadata().getName(),
        message);
    try {
      client.resource(event(about, reason, message, now)).create();
    } catch (KubernetesClientException e) {
      // An event is a courtesy: the reconcile that tells it goes on.
      LOG.warnf("event not stored reason=%s code=%d", reason.word(), e.getCode());
    }
  }

  private static Event event(HasMetadata about, EventReason reason, String message, Instant now) {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withGenerateName(about.getMetadata().getName() + "-")
        .withNamespace(about.getMetadata().getNamespace())
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withName(about.getMetadata().getName())
        .withNamespace(about.getMetadata().getNamespace())
        .withUid(about.getMetadata().getUid())
        .endInvolvedObject()
        .withReason(reason.word())
        .withMessage(message)
        .withType(reason.warning() ? "Warning" : "Normal")
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .withNewSource()
        .withComponent("weir-operator")
        .endSource()
        .build();
  }
}
