package dev.weir.operator.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("cluster")
class ChartTest {
  private static final String DATABASE =
      "router.database.url=jdbc:postgresql://db/weir,router.database.secretName=db";

  private static List<HasMetadata> render(String... values) {
    Chart.Output output = Chart.template(values);
    assertThat(output.code()).as(output.text()).isZero();
    List<HasMetadata> objects = new ArrayList<>();
    for (String document : output.text().split("(?m)^---$", -1)) {
      if (document.contains("apiVersion:")) {
        objects.add(Serialization.unmarshal(document));
      }
    }
    return objects;
  }

  private static Map<String, PodSpec> pods(List<HasMetadata> objects) {
    Map<String, PodSpec> pods = new java.util.TreeMap<>();
    for (HasMetadata object : objects) {
      if (object instanceof Deployment deployment) {
        pods.put(object.getMetadata().getName(), deployment.getSpec().getTemplate().getSpec());
      } else if (object instanceof StatefulSet set) {
        pods.put(object.getMetadata().getName(), set.getSpec().getTemplate().getSpec());
      }
    }
    return pods;
  }

  @Test
  void passesTheLinter() {
    Chart.Output output = Chart.lint();
    assertThat(output.code()).as(output.text()).isZero();
  }

  @Test
  void installsWithoutAnyValue() {
    assertThat(pods(render())).containsOnlyKeys("w-weir-gate", "w-weir-operator", "w-weir-router");
  }

  @Test
  void everyPodIsRestricted() {
    pods(render(DATABASE))
        .forEach(
            (name, pod) -> {
              assertThat(pod.getSecurityContext().getRunAsNonRoot()).as(name).isTrue();
              assertThat(pod.getSecurityContext().getSeccompProfile().getType())
                  .as(name)
                  .isEqualTo("RuntimeDefault");
              for (Container container : pod.getContainers()) {
                assertThat(container.getSecurityContext().getAllowPrivilegeEscalation())
                    .as(name)
                    .isFalse();
                assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                    .as(name)
                    .isTrue();
                assertThat(container.getSecurityContext().getCapabilities().getDrop())
                    .as(name)
                    .containsExactly("ALL");
                assertThat(container.getResources().getRequests())
                    .as(name)
                    .containsKeys("cpu", "memory");
                assertThat(container.getResources().getLimits()).as(name).containsKey("memory");
              }
            });
  }

  @Test
  void everySecretThatAPodMountsIsMadeByTheChartOrTheOperator() {
    List<HasMetadata> objects = render();
    List<String> secrets =
        objects.stream()
            .filter(object -> object.getKind().equals("Secret"))
            .map(object -> object.getMetadata().getName())
            .toList();
    pods(objects).values().stream()
        .flatMap(pod -> pod.getVolumes().stream())
        .filter(volume -> volume.getSecret() != null)
        .forEach(
            volume ->
                assertThat(volume.getSecret().getSecretName())
                    .satisfiesAnyOf(
                        name -> assertThat(secrets).contains(name),
                        name -> assertThat(name).isEqualTo("w-weir-admin-tls")));
  }

  @Test
  void everySelectorMeetsThePodsOfItsComponentOnly() {
    List<HasMetadata> objects = render(DATABASE);
    Map<String, Map<String, String>> labels = new java.util.TreeMap<>();
    for (HasMetadata object : objects) {
      if (object instanceof Deployment deployment) {
        labels.put(
            object.getMetadata().getName(),
            deployment.getSpec().getTemplate().getMetadata().getLabels());
      } else if (object instanceof StatefulSet set) {
        labels.put(
            object.getMetadata().getName(), set.getSpec().getTemplate().getMetadata().getLabels());
      }
    }
    for (HasMetadata object : objects) {
      if (object instanceof io.fabric8.kubernetes.api.model.Service service) {
        Map<String, String> selector = Objects.requireNonNull(service.getSpec().getSelector());
        List<String> met =
            labels.entrySet().stream()
                .filter(pod -> pod.getValue().entrySet().containsAll(selector.entrySet()))
                .map(Map.Entry::getKey)
                .toList();
        String name = object.getMetadata().getName();
        List<String> expected =
            name.endsWith("-cluster")
                ? List.of("w-weir-gate", "w-weir-router")
                : name.endsWith("-gate") ? List.of("w-weir-gate") : List.of("w-weir-router");
        assertThat(met).as(name).isEqualTo(expected);
      }
    }
  }

  @Test
  void definitionsCanBeLeftOutAndAreKeptAtUninstall() {
    assertThat(render("crds.enabled=false"))
        .noneMatch(object -> object.getKind().equals("CustomResourceDefinition"));
    assertThat(render())
        .filteredOn(object -> object.getKind().equals("CustomResourceDefinition"))
        .hasSize(3)
        .allMatch(
            object ->
                "keep"
                    .equals(object.getMetadata().getAnnotations().get("helm.sh/resource-policy")));
  }

  @Test
  void listedNamespacesNeedNoClusterWideRightsToOurObjects() {
    List<HasMetadata> objects = render("namespaces={rtc,lab}");
    assertThat(objects)
        .filteredOn(object -> object.getKind().equals("Role"))
        .extracting(object -> object.getMetadata().getNamespace())
        .contains("rtc", "lab");
    assertThat(objects)
        .filteredOn(object -> object instanceof io.fabric8.kubernetes.api.model.rbac.ClusterRole)
        .allSatisfy(
            role ->
                assertThat(((io.fabric8.kubernetes.api.model.rbac.ClusterRole) role).getRules())
                    .noneMatch(
                        rule ->
                            rule.getResources().contains("secrets")
                                || rule.getApiGroups().contains("weir.dev")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "router.replicas=3|replicas share delegated leaves through PostgreSQL",
        "router.database.url=jdbc:postgresql://db/weir|router.database.secretName is empty",
        "router.database.url=mysql://db|pattern",
        "ingress.enabled=true|/ingress/host",
        "gate.replicas=0|minimum",
        "operator.replica=2|additional",
        "namespaces={Upper}|pattern",
      })
  void wrongValuesAreRefusedInWordsThatHelp(String value, String said) {
    Chart.Output output = Chart.template(value);
    assertThat(output.code()).isNotZero();
    assertThat(output.text()).containsIgnoringCase(said);
  }
}
