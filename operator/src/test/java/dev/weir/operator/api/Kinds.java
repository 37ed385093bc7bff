package dev.weir.operator.api;

import dev.weir.crds.Homeserver;
import dev.weir.crds.ResourceFiles;
import dev.weir.crds.SfuPeer;
import dev.weir.crds.SfuPool;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;

/** The definitions as they are committed, and small resources to put into a namespace. */
final class Kinds {
  static final List<String> PLURALS = List.of("homeservers", "sfupools", "sfupeers");
  private static final Map<String, ResourceDefinitionContext> KIND =
      Map.of(
          "homeservers", ResourceDefinitionContext.fromResourceType(Homeserver.class),
          "sfupools", ResourceDefinitionContext.fromResourceType(SfuPool.class),
          "sfupeers", ResourceDefinitionContext.fromResourceType(SfuPeer.class));
  private static final Path GENERATED = Path.of("../crds/generated");

  private Kinds() {}

  static void install(KubernetesClient client) {
    for (String plural : PLURALS) {
      try {
        String yaml = Files.readString(GENERATED.resolve(plural + ".weir.dev.yaml"));
        client.resource(yaml).serverSideApply();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Awaitility.await(plural)
          .atMost(Duration.ofSeconds(60))
          .until(() -> established(client, plural + ".weir.dev"));
      // An API server that has just learnt of a kind refuses to list it for a moment.
      Awaitility.await(plural + " can be listed")
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptionsInstanceOf(KubernetesClientException.class)
          .until(
              () ->
                  client
                          .genericKubernetesResources(Objects.requireNonNull(KIND.get(plural)))
                          .inAnyNamespace()
                          .list()
                      != null);
    }
  }

  private static boolean established(KubernetesClient client, String name) {
    CustomResourceDefinition definition =
        client.apiextensions().v1().customResourceDefinitions().withName(name).get();
    return definition != null
        && definition.getStatus() != null
        && definition.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Established") && c.getStatus().equals("True"));
  }

  static void namespace(KubernetesClient client, String name) {
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .serverSideApply();
  }

  static void site(KubernetesClient client, String namespace) {
    Homeserver site =
        (Homeserver)
            one(
                "{apiVersion: weir.dev/v1alpha1, kind: Homeserver, metadata: {name: a}, spec: {serverName: a.example, publicUrl: 'https://rtc.a.example'}}");
    site.getMetadata().setNamespace(namespace);
    client.resource(site).create();
  }

  static SfuPool pool(String namespace, String name, int replicas, String version) {
    SfuPool pool =
        (SfuPool)
            one(
                "{apiVersion: weir.dev/v1alpha1, kind: SfuPool, metadata: {name: "
                    + name
                    + "}, spec: {homeserverRef: {name: a}, replicas: "
                    + replicas
                    + ", version: "
                    + version
                    + ", exposure: {mode: ClusterOnly}}}");
    pool.getMetadata().setNamespace(namespace);
    return pool;
  }

  private static Object one(String yaml) {
    return new ResourceFiles().read(yaml, "test").get(0);
  }
}
