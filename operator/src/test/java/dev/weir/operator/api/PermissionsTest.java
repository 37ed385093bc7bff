package dev.weir.operator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.crds.SfuPool;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The operator runs with the chart's rights, does all it ever does, and is neither refused anything
 * nor given more than it uses.
 */
@Tag("cluster")
class PermissionsTest {
  private static final Duration SOON = Duration.ofSeconds(60);

  /**
   * Rights whose use is not to be seen here. Applying what does not exist yet is logged as a patch,
   * and asks for the right to create too. Cert-manager and the check of the definitions belong to
   * the packaged operator, and a finalizer is only read again after a conflict.
   */
  private static final Set<String> NOT_SEEN_HERE =
      Set.of(
          "create /configmaps",
          "create /secrets",
          "create /services",
          "create apps/statefulsets",
          "create networking.k8s.io/networkpolicies",
          "create policy/poddisruptionbudgets",
          "create cert-manager.io/certificates",
          "get cert-manager.io/certificates",
          "patch cert-manager.io/certificates",
          "get apiextensions.k8s.io/customresourcedefinitions",
          "get weir.dev/sfupools");

  @Test
  void theChartGivesTheOperatorWhatItUsesAndNothingElse() {
    try (ApiServer server = ApiServer.start();
        KubernetesClient admin = server.client("admin")) {
      Kinds.install(admin);
      ClusterRole role = role();
      admin.resource(role).create();
      admin.resource(binding(role)).create();
      Kinds.namespace(admin, "rtc");
      Kinds.site(admin, "rtc");
      FakeRouter router = new FakeRouter();
      try (PodWorld world = new PodWorld(server.client("admin"), router, "rtc");
          RunningOperator operator =
              new RunningOperator(
                  server.client("operator"), router, Duration.ofSeconds(1), "rtc")) {
        everythingThatItDoes(admin);
      }
      List<ApiServer.Request> requests = server.requestsOf("operator");
      assertThat(requests).filteredOn(request -> request.code() == 403).as("refused").isEmpty();
      Set<String> used =
          requests.stream()
              .map(PermissionsTest::right)
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> given = rights(role);
      given.removeAll(NOT_SEEN_HERE);
      assertThat(used).as("used").containsAll(given);
    }
  }

  private static void everythingThatItDoes(KubernetesClient admin) {
    SfuPool pool = Kinds.pool("rtc", "main", 2, "v1.13.5");
    admin.resource(pool).create();
    admin.resource(Serialization.<HasMetadata>unmarshal(PEERED)).create();
    admin.resource(Serialization.<HasMetadata>unmarshal(PEER)).create();
    admin.resource(Serialization.<HasMetadata>unmarshal(NODE_PORTS)).create();
    await().atMost(SOON).until(() -> serving(admin, "main", 2) && serving(admin, "ports", 2));
    admin.resource(pool).scale(1);
    admin.resources(SfuPool.class).inNamespace("rtc").withName("ports").scale(1);
    await()
        .atMost(SOON)
        .until(
            () ->
                serving(admin, "main", 1)
                    && admin.services().inNamespace("rtc").withName("ports-1").get() == null);
    admin.resource(pool).delete();
    await().atMost(SOON).until(() -> admin.resource(pool).get() == null);
    await()
        .atMost(SOON)
        .until(() -> admin.secrets().inNamespace("rtc").withName("b-peering").get() != null);
  }

  private static final String PEERED =
      """
      apiVersion: weir.dev/v1alpha1
      kind: Homeserver
      metadata: {name: b, namespace: rtc}
      spec: {serverName: b.example, publicUrl: "https://rtc.b.example", peering: {host: weir.b.example}}
      """;
  private static final String PEER =
      """
      apiVersion: weir.dev/v1alpha1
      kind: SfuPeer
      metadata: {name: c, namespace: rtc}
      spec: {homeserverRef: {name: b}, serverName: c.example, trust: {caBundleRef: {name: ca}}}
      """;
  private static final String NODE_PORTS =
      """
      apiVersion: weir.dev/v1alpha1
      kind: SfuPool
      metadata: {name: ports, namespace: rtc}
      spec: {homeserverRef: {name: a}, replicas: 2, version: v1.13.5,
              exposure: {mode: NodePort, udpPort: 30000, tcpPort: 31000, addressSource: NodeInternalIP}}
      """;

  private static boolean serving(KubernetesClient admin, String name, int count) {
    SfuPool pool = admin.resources(SfuPool.class).inNamespace("rtc").withName(name).get();
    return pool.getStatus() != null
        && pool.getStatus().readyReplicas() == count
        && pool.getStatus().replicas() == count;
  }

  private static ClusterRole role() {
    for (String document : Chart.template().text().split("(?m)^---$", -1)) {
      if (document.contains("kind: ClusterRole\n") && document.contains("-operator")) {
        return Serialization.unmarshal(document, ClusterRole.class);
      }
    }
    throw new AssertionError("the chart has no ClusterRole for the operator");
  }

  private static HasMetadata binding(ClusterRole role) {
    return new ClusterRoleBindingBuilder()
        .withNewMetadata()
        .withName("operator")
        .endMetadata()
        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role.getMetadata().getName())
        .addNewSubject("rbac.authorization.k8s.io", "User", "operator", null)
        .build();
  }

  private static String right(ApiServer.Request request) {
    String resource =
        request.resource() + (request.subresource().isEmpty() ? "" : "/" + request.subresource());
    return request.verb() + " " + resource;
  }

  private static Set<String> rights(ClusterRole role) {
    Set<String> rights = new TreeSet<>();
    for (PolicyRule rule : role.getRules()) {
      for (String group : rule.getApiGroups()) {
        for (String resource : rule.getResources()) {
          rule.getVerbs().forEach(verb -> rights.add(verb + " " + group + "/" + resource));
        }
      }
    }
    return rights;
  }
}
