package dev.weir.service.config.kubernetes;

import dev.weir.crds.Homeserver;
import dev.weir.crds.SfuPeer;
import dev.weir.crds.SfuPool;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.Sites;
import dev.weir.service.config.SitesAssembler;
import dev.weir.service.config.WatchedConfiguration;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Watches the three kinds, and puts a new snapshot in force when something that matters has
 * changed.
 *
 * <p>Statuses change all the time, so a snapshot is only replaced when its meaning is another:
 * specs, the nodes that the operator reports, or Secrets. Secrets are not watched (that would need
 * the right to list all of them) but read again every half minute.
 */
public final class ClusterWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ClusterWatch.class);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int LOOKS_BETWEEN_SECRET_READS = 150;

  private final WatchedConfiguration configuration = new WatchedConfiguration(Sites.NONE);
  private final List<SharedIndexInformer<? extends HasMetadata>> informers = new ArrayList<>();
  private final AtomicBoolean changed = new AtomicBoolean();
  private final RememberedSecrets secrets;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("weir-cluster-config").factory());
  private String inForce = "";
  private int looks;

  private ClusterWatch(KubernetesClient client) {
    this.secrets = new RememberedSecrets(client);
  }

  /**
   * Starts to watch, without waiting for an answer: a router also starts while the API server is
   * away.
   *
   * @param namespaces empty for all
   */
  public static ClusterWatch of(KubernetesClient client, List<String> namespaces) {
    ClusterWatch watch = new ClusterWatch(client);
    for (Class<? extends HasMetadata> kind :
        List.of(Homeserver.class, SfuPool.class, SfuPeer.class)) {
      if (namespaces.isEmpty()) {
        watch.informers.add(client.resources(kind).inAnyNamespace().runnableInformer(0));
      }
      for (String namespace : namespaces) {
        watch.informers.add(client.resources(kind).inNamespace(namespace).runnableInformer(0));
      }
    }
    watch.informers.forEach(watch::start);
    var unused =
        watch.timer.scheduleWithFixedDelay(
            watch::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    return watch;
  }

  public Configuration configuration() {
    return configuration;
  }

  private <T extends HasMetadata> void start(SharedIndexInformer<T> informer) {
    informer.exceptionHandler((started, trouble) -> true);
    informer.addEventHandler(
        new ResourceEventHandler<T>() {
          @Override
          public void onAdd(T added) {
            changed.set(true);
          }

          @Override
          public void onUpdate(T before, T now) {
            changed.set(true);
          }

          @Override
          public void onDelete(T removed, boolean finalStateUnknown) {
            changed.set(true);
          }
        });
    var unused = informer.start();
  }

  private void look() {
    try {
      looks++;
      boolean secretsAreDue = looks % LOOKS_BETWEEN_SECRET_READS == 0;
      if ((changed.getAndSet(false) || secretsAreDue)
          && informers.stream().allMatch(SharedIndexInformer::hasSynced)) {
        apply();
      }
    } catch (RuntimeException e) {
      // The last snapshot stays; the next look tries again.
      LOG.error("event=cluster-configuration-unreadable", e);
      changed.set(true);
    }
  }

  private void apply() {
    List<HasMetadata> resources = new ArrayList<>();
    informers.forEach(informer -> resources.addAll(informer.getStore().list()));
    secrets.beginRound();
    SitesAssembler.Assembled assembled = SitesAssembler.assemble(resources, secrets);
    String meaning = Meaning.of(resources) + secrets.fingerprint();
    if (meaning.equals(inForce)) {
      return;
    }
    inForce = meaning;
    assembled
        .problems()
        .forEach(
            (id, problem) ->
                LOG.warnf("event=resource-refused resource=%s problem=\"%s\"", id, problem));
    configuration.replace(assembled.sites());
    LOG.infof("event=configuration-applied source=kubernetes resources=%d", resources.size());
  }

  @Override
  public void close() {
    timer.shutdownNow();
    informers.forEach(SharedIndexInformer::stop);
  }
}
