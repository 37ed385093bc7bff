package dev.weir.operator.run;

import dev.weir.operator.apply.Applier;
import dev.weir.operator.certificate.AdminCertificate;
import dev.weir.operator.event.EventRecorder;
import dev.weir.operator.keys.KeyMaker;
import dev.weir.operator.keys.KeyRing;
import dev.weir.operator.router.GrpcRouterClient;
import dev.weir.operator.router.RouterClient;
import dev.weir.operator.router.RouterReplicas;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the collaborators of the reconcilers from the settings. */
@Dependent
public class Wiring {
  @Produces
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }

  @Produces
  @Singleton
  Supplier<KeyRing.Key> keyMaker(InstantSource clock) {
    return new KeyMaker(new SecureRandom(), clock);
  }

  @Produces
  @Singleton
  Applier applier(KubernetesClient client) {
    return new Applier(client);
  }

  @Produces
  @Singleton
  EventRecorder events(KubernetesClient client, InstantSource clock) {
    return new EventRecorder(client, clock);
  }

  @Produces
  @Singleton
  Pulse pulse(InstantSource clock) {
    return new Pulse(clock);
  }

  @Produces
  @Singleton
  OperatorSettings settings(
      @ConfigProperty(name = "weir.livekit.repository") String repository,
      @ConfigProperty(name = "weir.webhook-url") String webhookUrl,
      @ConfigProperty(name = "weir.router.namespace") String namespace,
      @ConfigProperty(name = "weir.poll") Duration poll,
      @ConfigProperty(name = "weir.status-every") Duration statusEvery) {
    return new OperatorSettings(repository, webhookUrl, namespace, poll, statusEvery);
  }

  /** Without the name of a Secret the routers are asked in plain text, which only tests do. */
  @Produces
  @Singleton
  RouterClient router(
      @ConfigProperty(name = "weir.router.host") String host,
      @ConfigProperty(name = "weir.router.port") int port,
      @ConfigProperty(name = "weir.admin.secret") Optional<String> secret,
      @ConfigProperty(name = "weir.lease.namespace") String namespace,
      KubernetesClient client,
      InstantSource clock)
      throws IOException {
    Path folder = null;
    if (secret.isPresent()) {
      folder = Files.createTempDirectory("weir-admin");
      AdminCertificate.provide(client, namespace, secret.get(), host, folder, clock.instant());
    }
    return new GrpcRouterClient(new RouterReplicas(host, port, folder), System::nanoTime);
  }

  /** One operator works at a time; the others wait with warm caches. */
  @Produces
  @Singleton
  LeaderElectionConfiguration leaderElection(
      @ConfigProperty(name = "weir.lease.namespace") String namespace) {
    return new LeaderElectionConfiguration(
        "weir-operator",
        namespace,
        Duration.ofSeconds(15),
        Duration.ofSeconds(10),
        Duration.ofSeconds(2));
  }
}
