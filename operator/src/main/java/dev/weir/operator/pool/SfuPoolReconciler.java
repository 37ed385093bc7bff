package dev.weir.operator.pool;

import dev.weir.crds.Homeserver;
import dev.weir.crds.LocalRef;
import dev.weir.crds.SfuPool;
import dev.weir.crds.SfuPoolSpec;
import dev.weir.crds.SfuPoolStatus;
import dev.weir.crds.WeirApi;
import dev.weir.operator.apply.Applier;
import dev.weir.operator.event.EventReason;
import dev.weir.operator.event.EventRecorder;
import dev.weir.operator.keys.KeyRing;
import dev.weir.operator.model.Names;
import dev.weir.operator.model.PoolInputs;
import dev.weir.operator.model.PoolModel;
import dev.weir.operator.roll.RollPlan;
import dev.weir.operator.roll.Roller;
import dev.weir.operator.router.RouterClient;
import dev.weir.operator.run.OperatorSettings;
import dev.weir.operator.run.Pulse;
import dev.weir.operator.status.StatusGate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** Keeps a pool: observe, resolve, model, apply, roll, report. */
@ApplicationScoped
@ControllerConfiguration(name = "sfupool", finalizerName = WeirApi.GROUP + "/drain")
public class SfuPoolReconciler implements Reconciler<SfuPool>, Cleaner<SfuPool> {
  private static final Logger LOG = Logger.getLogger(SfuPoolReconciler.class);
  private static final RollPlan NOTHING = new RollPlan(0, List.of(), Map.of(), 0);

  private static final PatchContext STATUS_PATCH =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager("sfupool")
          .withForce(true)
          .build();

  private final PoolObserver observer;
  private final Applier applier;
  private final StepRunner steps;
  private final EventRecorder events;
  private final StatusGate gate;
  private final OperatorSettings settings;
  private final Pulse pulse;
  private final KeyKeeper keys;
  private final InstantSource clock;

  @Inject
  public SfuPoolReconciler(
      KubernetesClient client,
      RouterClient router,
      Applier applier,
      EventRecorder events,
      OperatorSettings settings,
      Pulse pulse,
      Supplier<KeyRing.Key> keyMaker,
      InstantSource clock) {
    this.observer = new PoolObserver(router);
    this.applier = applier;
    this.steps = new StepRunner(client, router, events);
    this.events = events;
    this.gate = new StatusGate(clock, settings.statusEvery());
    this.settings = settings;
    this.pulse = pulse;
    this.keys = new KeyKeeper(client, applier, events, keyMaker);
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, SfuPool>> prepareEventSources(EventSourceContext<SfuPool> context) {
    return PoolEvents.sources(context);
  }

  @Override
  public UpdateControl<SfuPool> reconcile(SfuPool pool, Context<SfuPool> context) {
    pulse.beat(pool.getMetadata().getUid(), settings.poll());
    PoolObservation seen = observer.observe(pool, context);
    Instant now = clock.instant();
    Resolution resolution = resolve(seen, now);
    RollPlan plan = NOTHING;
    if (pool.getSpec().replicas() != null
        && seen.homeserver() != null
        && !resolution.keyNames().isEmpty()) {
      plan = rollAndApply(seen, resolution, now);
    }
    return report(seen, resolution, plan, now);
  }

  @Override
  public DeleteControl cleanup(SfuPool pool, Context<SfuPool> context) {
    pulse.beat(pool.getMetadata().getUid(), settings.poll());
    PoolObservation seen = observer.observe(pool, context);
    if (pool.getSpec().replicas() == null || seen.statefulSet().isEmpty()) {
      forget(pool);
      return DeleteControl.defaultDelete();
    }
    Instant now = clock.instant();
    Resolution resolution = resolve(seen, now);
    RollPlan plan = rollAndApply(seen, resolution, now);
    if (plan.replicas() == 0 && seen.pods().isEmpty()) {
      forget(pool);
      return DeleteControl.defaultDelete();
    }
    UpdateControl<SfuPool> status = report(seen, resolution, plan, now);
    status
        .getResource()
        .ifPresent(
            changed ->
                context
                    .getClient()
                    .resource(changed)
                    .subresource("status")
                    .patch(STATUS_PATCH, changed));
    return DeleteControl.noFinalizerRemoval().rescheduleAfter(settings.poll().dividedBy(5));
  }

  /** An error of one pool is told on that pool; the work queue tries it again, slower each time. */
  @Override
  public ErrorStatusUpdateControl<SfuPool> updateErrorStatus(
      SfuPool pool, Context<SfuPool> context, Exception error) {
    String message =
        Objects.requireNonNullElse(error.getMessage(), error.getClass().getSimpleName());
    LOG.warnf(
        error,
        "reconcile failed kind=SfuPool namespace=%s name=%s",
        pool.getMetadata().getNamespace(),
        pool.getMetadata().getName());
    events.record(pool, EventReason.APPLY_FAILED, message);
    return ErrorStatusUpdateControl.noStatusUpdate();
  }

  private void forget(SfuPool pool) {
    gate.forget(pool.getMetadata().getUid());
    pulse.gone(pool.getMetadata().getUid());
  }

  private Resolution resolve(PoolObservation seen, Instant now) {
    SfuPool pool = seen.pool();
    SfuPoolSpec spec = pool.getSpec();
    LocalRef ref = spec.keys().secretRef();
    boolean own = ref == null;
    List<String> keyNames = own ? keepKeys(seen, now) : PoolKeys.names(seen.keys());
    AddressBook addresses =
        spec.replicas() == null
            ? null
            : AddressBook.of(
                pool,
                Math.max(spec.replicas(), replicas(seen)),
                seen.services(),
                seen.kubernetesNodes());
    String secretName = ref == null ? Names.keys(pool) : ref.name();
    Homeserver site = seen.homeserver();
    if (site == null) {
      return new Resolution(
          "There is no Homeserver " + spec.homeserverRef().name() + " in this namespace.",
          "HomeserverNotFound",
          secretName,
          keyNames,
          addresses);
    }
    if (keyNames.isEmpty()) {
      return new Resolution(
          seen.keys() == null
              ? "There is no Secret " + secretName + " in this namespace."
              : "Secret "
                  + secretName
                  + " has no usable "
                  + WeirApi.KEY_FILE
                  + "; write one 'name: secret' a line.",
          seen.keys() == null ? "SecretNotFound" : "SecretInvalid",
          secretName,
          keyNames,
          addresses);
    }
    return new Resolution(null, "Resolved", secretName, keyNames, addresses);
  }

  private List<String> keepKeys(PoolObservation seen, Instant now) {
    KeyRing before = PoolKeys.read(seen.keys());
    if (seen.pool().isMarkedForDeletion() || seen.homeserver() == null) {
      return before.names();
    }
    return keys.keep(seen.pool(), seen.keys(), everyNodeRuns(seen, before), now).names();
  }

  private boolean everyNodeRuns(PoolObservation seen, KeyRing ring) {
    if (ring.keys().isEmpty() || seen.homeserver() == null) {
      return false;
    }
    int wanted = Objects.requireNonNullElse(seen.pool().getSpec().replicas(), 0);
    String revision =
        new PoolModel(inputs(seen, Names.keys(seen.pool()), ring.names(), wanted)).revision();
    long current =
        seen.pods().stream()
            .filter(
                pod ->
                    revision.equals(
                        Objects.requireNonNullElse(
                                pod.getMetadata().getLabels(), Map.<String, String>of())
                            .get(Names.REVISION)))
            .filter(PoolPicture::ready)
            .count();
    return current == seen.pods().size() && current >= wanted;
  }

  private RollPlan rollAndApply(PoolObservation seen, Resolution resolution, Instant now) {
    PoolInputs inputs = inputs(seen, resolution.keySecret(), resolution.keyNames(), replicas(seen));
    PoolModel model = new PoolModel(inputs);
    RollPlan plan = Roller.plan(new PoolPicture(seen, model.revision()).view(now));
    steps.run(seen.pool(), plan, seen.pods());
    PoolModel wanted =
        new PoolModel(inputs(seen, resolution.keySecret(), resolution.keyNames(), plan.replicas()));
    for (HasMetadata object : wanted.objects()) {
      applier.apply(
          object, seen.object(object.getClass(), object.getMetadata().getName()).orElse(null));
    }
    removeSuperfluousServices(seen, wanted, plan);
    return plan;
  }

  /** A service of a pod goes when its pod is gone for good. */
  private void removeSuperfluousServices(PoolObservation seen, PoolModel wanted, RollPlan plan) {
    String headless = seen.pool().getMetadata().getName();
    List<String> kept =
        wanted.mediaServices().stream().map(service -> service.getMetadata().getName()).toList();
    List<String> pods =
        seen.pods().stream().map(Pod::getMetadata).map(ObjectMeta::getName).toList();
    seen.services().stream()
        .filter(service -> !service.getMetadata().getName().equals(headless))
        .filter(
            service ->
                !kept.contains(service.getMetadata().getName())
                    && !pods.contains(service.getMetadata().getName()))
        .forEach(applier::delete);
  }

  private int replicas(PoolObservation seen) {
    return new PoolPicture(seen, "").existing();
  }

  private PoolInputs inputs(
      PoolObservation seen, String keySecret, List<String> keyNames, int replicas) {
    SfuPool pool = seen.pool();
    AddressBook addresses = AddressBook.of(pool, replicas, seen.services(), seen.kubernetesNodes());
    return new PoolInputs(
        pool,
        image(pool.getSpec()),
        keySecret,
        keyNames,
        replicas,
        addresses.advertised(),
        settings.webhookUrl(),
        settings.routerNamespace());
  }

  private String image(SfuPoolSpec spec) {
    return spec.image() == null
        ? settings.livekitRepository() + ":" + Objects.requireNonNullElse(spec.version(), "")
        : spec.image();
  }

  private UpdateControl<SfuPool> report(
      PoolObservation seen, Resolution resolution, RollPlan plan, Instant now) {
    SfuPool pool = seen.pool();
    SfuPoolStatus status = new PoolReport(seen, resolution, plan, now).status();
    Duration again = plan.draining().isEmpty() ? settings.poll() : settings.poll().dividedBy(5);
    if (!gate.shouldWrite(
        pool.getMetadata().getUid(), pool.getStatus(), status, PoolReport::meaning)) {
      return UpdateControl.<SfuPool>noUpdate().rescheduleAfter(again);
    }
    SfuPool update = new SfuPool();
    update.setMetadata(
        new ObjectMetaBuilder()
            .withName(pool.getMetadata().getName())
            .withNamespace(pool.getMetadata().getNamespace())
            .build());
    update.setStatus(status);
    return UpdateControl.patchStatus(update).rescheduleAfter(again);
  }
}
