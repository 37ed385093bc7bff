package dev.weir.operator.api;

import dev.weir.operator.apply.Applier;
import dev.weir.operator.event.EventRecorder;
import dev.weir.operator.keys.KeyMaker;
import dev.weir.operator.peer.SfuPeerReconciler;
import dev.weir.operator.pool.SfuPoolReconciler;
import dev.weir.operator.run.OperatorSettings;
import dev.weir.operator.run.Pulse;
import dev.weir.operator.site.HomeserverReconciler;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** The operator's reconcilers in this process, with its real client and a fake router. */
final class RunningOperator implements AutoCloseable {
  private final Operator operator;
  private final KubernetesClient client;

  RunningOperator(KubernetesClient client, FakeRouter router, Duration poll, String... namespaces) {
    this.client = client;
    InstantSource clock = InstantSource.system();
    OperatorSettings settings =
        new OperatorSettings(
            "docker.io/livekit/livekit-server",
            "http://weir-router.weir.svc:8080/sfu_webhook",
            "weir",
            poll,
            Duration.ofSeconds(10));
    Applier applier = new Applier(client);
    EventRecorder events = new EventRecorder(client, clock);
    operator =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withStopOnInformerErrorDuringStartup(false)
                    .checkingCRDAndValidateLocalModel(false)
                    .withConcurrentReconciliationThreads(8)
                    .withReconciliationTerminationTimeout(Duration.ofSeconds(5)));
    operator.register(
        new SfuPoolReconciler(
            client,
            router,
            applier,
            events,
            settings,
            new Pulse(clock),
            new KeyMaker(new SecureRandom(), clock),
            clock),
        overrider -> overrider.settingNamespaces(namespaces));
    operator.register(
        new HomeserverReconciler(client, router, applier, events, settings, clock),
        overrider -> overrider.settingNamespaces(namespaces));
    operator.register(
        new SfuPeerReconciler(client, router, settings, clock),
        overrider -> overrider.settingNamespaces(namespaces));
    operator.start();
  }

  @Override
  public void close() {
    operator.stop();
    client.close();
  }
}
