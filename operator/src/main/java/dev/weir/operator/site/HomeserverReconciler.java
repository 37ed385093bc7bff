package dev.weir.operator.site;

import dev.weir.crds.Homeserver;
import dev.weir.crds.HomeserverSpec;
import dev.weir.crds.HomeserverStatus;
import dev.weir.crds.IssuerRef;
import dev.weir.crds.LocalRef;
import dev.weir.crds.SfuPeer;
import dev.weir.crds.SfuPool;
import dev.weir.operator.apply.Applier;
import dev.weir.operator.certificate.SelfMadeCertificate;
import dev.weir.operator.event.EventReason;
import dev.weir.operator.event.EventRecorder;
import dev.weir.operator.model.Metadata;
import dev.weir.operator.model.Names;
import dev.weir.operator.router.RouterClient;
import dev.weir.operator.run.OperatorSettings;
import dev.weir.operator.status.StatusGate;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps a site: observe, resolve, apply the certificate, report. */
@ApplicationScoped
@ControllerConfiguration(name = "homeserver")
public class HomeserverReconciler implements Reconciler<Homeserver> {
  private final KubernetesClient client;
  private final RouterClient router;
  private final Applier applier;
  private final EventRecorder events;
  private final OperatorSettings settings;
  private final StatusGate gate;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  @Inject
  public HomeserverReconciler(
      KubernetesClient client,
      RouterClient router,
      Applier applier,
      EventRecorder events,
      OperatorSettings settings,
      InstantSource clock) {
    this.client = client;
    this.router = router;
    this.applier = applier;
    this.events = events;
    this.settings = settings;
    this.gate = new StatusGate(clock, settings.statusEvery());
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, Homeserver>> prepareEventSources(
      EventSourceContext<Homeserver> context) {
    return List.of(
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(SfuPool.class, Homeserver.class)
                .withName("pools")
                .withOnUpdateFilter(
                    (now, before) ->
                        !now.getMetadata()
                            .getGeneration()
                            .equals(before.getMetadata().getGeneration()))
                .withSecondaryToPrimaryMapper(
                    pool ->
                        Set.of(
                            new ResourceID(
                                pool.getSpec().homeserverRef().name(),
                                pool.getMetadata().getNamespace())))
                .build(),
            context),
        new InformerEventSource<>(
            InformerEventSourceConfiguration.from(SfuPeer.class, Homeserver.class)
                .withName("peers")
                .withOnUpdateFilter(
                    (now, before) ->
                        !now.getMetadata()
                            .getGeneration()
                            .equals(before.getMetadata().getGeneration()))
                .withSecondaryToPrimaryMapper(
                    peer ->
                        Set.of(
                            new ResourceID(
                                peer.getSpec().homeserverRef().name(),
                                peer.getMetadata().getNamespace())))
                .build(),
            context));
  }

  @Override
  public UpdateControl<Homeserver> reconcile(Homeserver site, Context<Homeserver> context) {
    Instant now = clock.instant();
    List<String> problems = new ArrayList<>();
    Secret certificate = certificate(site, now, problems);
    LocalRef appService = site.getSpec().appServiceSecretRef();
    if (appService != null && secret(site, appService.name()) == null) {
      problems.add("There is no Secret " + appService.name() + " in this namespace.");
    }
    HomeserverStatus status =
        new SiteReportModel(
                site,
                rival(site, context),
                problems.isEmpty() ? null : String.join(" ", problems),
                PeeringCertificate.pin(certificate).orElse(null),
                context.getSecondaryResources(SfuPool.class).size(),
                context.getSecondaryResources(SfuPeer.class).size(),
                router.site(site.getSpec().serverName()),
                router.applied(
                    "Homeserver",
                    site.getMetadata().getNamespace(),
                    site.getMetadata().getName(),
                    site.getMetadata().getGeneration()))
            .status(now);
    return report(site, status);
  }

  private UpdateControl<Homeserver> report(Homeserver site, HomeserverStatus status) {
    if (!gate.shouldWrite(
        site.getMetadata().getUid(), site.getStatus(), status, SiteReportModel::meaning)) {
      return UpdateControl.<Homeserver>noUpdate().rescheduleAfter(settings.poll());
    }
    Homeserver update = new Homeserver();
    update.setMetadata(
        new ObjectMetaBuilder()
            .withName(site.getMetadata().getName())
            .withNamespace(site.getMetadata().getNamespace())
            .build());
    update.setStatus(status);
    return UpdateControl.patchStatus(update).rescheduleAfter(settings.poll());
  }

  /** The older one keeps the name: a new object must not take a running site away. */
  private static @Nullable String rival(Homeserver site, Context<Homeserver> context) {
    Optional<Homeserver> oldest =
        context
            .getPrimaryCache()
            .list(
                site.getMetadata().getNamespace(),
                other -> other.getSpec().serverName().equals(site.getSpec().serverName()))
            .min(
                Comparator.comparing(
                        (Homeserver other) -> other.getMetadata().getCreationTimestamp())
                    .thenComparing(other -> other.getMetadata().getName()));
    return oldest
        .map(other -> other.getMetadata().getName())
        .filter(name -> !name.equals(site.getMetadata().getName()))
        .orElse(null);
  }

  private @Nullable Secret certificate(Homeserver site, Instant now, List<String> problems) {
    HomeserverSpec.Peering peering = site.getSpec().peering();
    if (peering == null) {
      return null;
    }
    String own = site.getMetadata().getName() + "-peering";
    String name =
        peering.certificateSecretRef() == null ? own : peering.certificateSecretRef().name();
    Secret stored = secret(site, name);
    if (stored != null && PeeringCertificate.pin(stored).isPresent()) {
      return stored;
    }
    if (peering.certificateSecretRef() != null) {
      problems.add("Secret " + name + " with tls.crt and tls.key is missing or cannot be read.");
      return null;
    }
    if (peering.issuerRef() != null) {
      request(site, own, peering.issuerRef(), problems);
      return null;
    }
    return make(site, own, now);
  }

  private Secret make(Homeserver site, String name, Instant now) {
    SelfMadeCertificate made = SelfMadeCertificate.of(site.getSpec().serverName(), now, random);
    Secret secret =
        new SecretBuilder()
            .withMetadata(metadata(site, name))
            .withType("kubernetes.io/tls")
            .withData(
                Map.of(
                    PeeringCertificate.CERTIFICATE,
                    base64(made.certificate()),
                    PeeringCertificate.KEY,
                    base64(made.key())))
            .build();
    applier.apply(secret, null);
    events.record(
        site,
        EventReason.CERTIFICATE_MADE,
        "Secret " + name + " holds a new certificate for partners; publish status.wellKnown.weir");
    return secret;
  }

  private void request(Homeserver site, String name, IssuerRef issuer, List<String> problems) {
    GenericKubernetesResource certificate = new GenericKubernetesResource();
    certificate.setApiVersion("cert-manager.io/v1");
    certificate.setKind("Certificate");
    certificate.setMetadata(metadata(site, name));
    certificate.setAdditionalProperty(
        "spec",
        Map.of(
            "secretName", name,
            "dnsNames", List.of(site.getSpec().serverName().replaceFirst(":[0-9]+$", "")),
            "usages", List.of("server auth", "client auth"),
            "privateKey", Map.of("algorithm", "ECDSA", "size", 256),
            "issuerRef",
                Map.of("name", issuer.name(), "kind", issuer.kind(), "group", issuer.group())));
    problems.add("cert-manager has not made Secret " + name + " yet.");
    try {
      GenericKubernetesResource stored = client.resource(certificate).get();
      applier.apply(certificate, stored);
    } catch (KubernetesClientException e) {
      problems.add("cert-manager's Certificate cannot be made: " + e.getMessage());
    }
  }

  private @Nullable Secret secret(Homeserver site, String name) {
    return client.secrets().inNamespace(site.getMetadata().getNamespace()).withName(name).get();
  }

  private static ObjectMeta metadata(Homeserver site, String name) {
    return Metadata.owned(
        site,
        name,
        Map.of(Names.MANAGED_BY, Names.FIELD_MANAGER, "app.kubernetes.io/part-of", "weir"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
