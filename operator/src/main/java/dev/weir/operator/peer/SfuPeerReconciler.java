package dev.weir.operator.peer;

import dev.weir.crds.Homeserver;
import dev.weir.crds.KeyRef;
import dev.weir.crds.SfuPeer;
import dev.weir.crds.SfuPeerStatus;
import dev.weir.operator.router.RouterClient;
import dev.weir.operator.router.RouterClient.PeerReport;
import dev.weir.operator.run.OperatorSettings;
import dev.weir.operator.status.StatusGate;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reports on an agreement: observe, resolve, report. */
@ApplicationScoped
@ControllerConfiguration(name = "sfupeer")
public class SfuPeerReconciler implements Reconciler<SfuPeer> {
  private final KubernetesClient client;
  private final RouterClient router;
  private final OperatorSettings settings;
  private final StatusGate gate;
  private final InstantSource clock;

  @Inject
  public SfuPeerReconciler(
      KubernetesClient client,
      RouterClient router,
      OperatorSettings settings,
      InstantSource clock) {
    this.client = client;
    this.router = router;
    this.settings = settings;
    this.gate = new StatusGate(clock, settings.statusEvery());
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, SfuPeer>> prepareEventSources(EventSourceContext<SfuPeer> context) {
    IndexerResourceCache<SfuPeer> peers = context.getPrimaryCache();
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(Homeserver.class, SfuPeer.class)
                .withName("homeservers")
                .withOnUpdateFilter(
                    (now, before) ->
                        !now.getMetadata()
                            .getGeneration()
                            .equals(before.getMetadata().getGeneration()))
                .withSecondaryToPrimaryMapper(site -> peersOf(site, peers))
                .withPrimaryToSecondaryMapper(
                    (SfuPeer peer) ->
                        Set.of(
                            new ResourceID(
                                peer.getSpec().homeserverRef().name(),
                                peer.getMetadata().getNamespace())))
                .build(),
            context));
  }

  private static Set<ResourceID> peersOf(Homeserver site, IndexerResourceCache<SfuPeer> peers) {
    return peers
        .list(
            site.getMetadata().getNamespace(),
            peer -> peer.getSpec().homeserverRef().name().equals(site.getMetadata().getName()))
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }

  @Override
  public UpdateControl<SfuPeer> reconcile(SfuPeer peer, Context<SfuPeer> context) {
    Optional<Homeserver> site = context.getSecondaryResource(Homeserver.class);
    SfuPeerStatus status =
        new PeerReportModel(
                peer,
                site.isPresent(),
                rival(peer, context),
                missing(peer),
                site.flatMap(found -> report(peer, found)),
                router.applied(
                    "SfuPeer",
                    peer.getMetadata().getNamespace(),
                    peer.getMetadata().getName(),
                    peer.getMetadata().getGeneration()))
            .status(clock.instant());
    if (!gate.shouldWrite(
        peer.getMetadata().getUid(), peer.getStatus(), status, PeerReportModel::meaning)) {
      return UpdateControl.<SfuPeer>noUpdate().rescheduleAfter(settings.poll());
    }
    SfuPeer update = new SfuPeer();
    update.setMetadata(
        new ObjectMetaBuilder()
            .withName(peer.getMetadata().getName())
            .withNamespace(peer.getMetadata().getNamespace())
            .build());
    update.setStatus(status);
    return UpdateControl.patchStatus(update).rescheduleAfter(settings.poll());
  }

  private Optional<PeerReport> report(SfuPeer peer, Homeserver site) {
    return router
        .site(site.getSpec().serverName())
        .flatMap(
            report ->
                report.peers().stream()
                    .filter(known -> known.serverName().equals(peer.getSpec().serverName()))
                    .findFirst());
  }

  private static @Nullable String rival(SfuPeer peer, Context<SfuPeer> context) {
    Optional<SfuPeer> oldest =
        context
            .getPrimaryCache()
            .list(
                peer.getMetadata().getNamespace(),
                other ->
                    other.getSpec().serverName().equals(peer.getSpec().serverName())
                        && other.getSpec().homeserverRef().equals(peer.getSpec().homeserverRef()))
            .min(
                Comparator.comparing((SfuPeer other) -> other.getMetadata().getCreationTimestamp())
                    .thenComparing(other -> other.getMetadata().getName()));
    return oldest
        .map(other -> other.getMetadata().getName())
        .filter(name -> !name.equals(peer.getMetadata().getName()))
        .orElse(null);
  }

  private @Nullable String missing(SfuPeer peer) {
    KeyRef ref = peer.getSpec().trust() == null ? null : peer.getSpec().trust().caBundleRef();
    if (ref == null) {
      return null;
    }
    ConfigMap bundle =
        client
            .configMaps()
            .inNamespace(peer.getMetadata().getNamespace())
            .withName(ref.name())
            .get();
    boolean there =
        bundle != null && bundle.getData() != null && bundle.getData().containsKey(ref.key());
    return there
        ? null
        : "There is no ConfigMap "
            + ref.name()
            + " with the key "
            + ref.key()
            + " in this namespace.";
  }
}
