package dev.weir.operator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same example rows as in the fast tests, judged by the API server itself. */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchemaOnApiServerTest {
  private static final Path RULES = Path.of("../crds/src/test/resources/rules");
  private static final Path SAMPLES = Path.of("../crds/src/test/resources/samples");
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private @Nullable ApiServer server;
  private @Nullable KubernetesClient admin;

  @BeforeAll
  void start() {
    ApiServer started = ApiServer.start();
    server = started;
    KubernetesClient client = started.client("admin");
    admin = client;
    Kinds.install(client);
    Kinds.namespace(client, "rules");
  }

  @AfterAll
  void stop() {
    if (admin != null) {
      admin.close();
    }
    if (server != null) {
      server.close();
    }
  }

  private KubernetesClient admin() {
    return java.util.Objects.requireNonNull(admin);
  }

  @ParameterizedTest
  @CsvSource({"homeservers,Homeserver", "sfupools,SfuPool", "sfupeers,SfuPeer"})
  void everyRuleAcceptsAndRefusesWhatItsRowsSay(String plural, String kind) throws IOException {
    JsonNode rows = YAML.readTree(Files.readString(RULES.resolve(plural + ".yaml")));
    assertThat(rows).isNotEmpty();
    for (JsonNode row : rows) {
      String message = row.path("message").asText();
      if (row.has("old")) {
        admin().resource(resource(kind, row.get("old"))).create();
      }
      if (row.has("valid")) {
        assertThatCode(() -> write(kind, row, "valid"))
            .as("valid: %s", row.get("valid"))
            .doesNotThrowAnyException();
      }
      if (row.has("invalid")) {
        assertThatThrownBy(() -> write(kind, row, "invalid"))
            .as("invalid: %s", row.get("invalid"))
            .isInstanceOf(KubernetesClientException.class)
            .hasMessageContaining(message);
      }
      if (row.has("old")) {
        admin().resource(resource(kind, row.get("old"))).delete();
      }
    }
  }

  private void write(String kind, JsonNode row, String which) {
    GenericKubernetesResource resource = resource(kind, row.get(which));
    if (row.has("old")) {
      GenericKubernetesResource stored = admin().resource(resource).get();
      resource.getMetadata().setResourceVersion(stored.getMetadata().getResourceVersion());
      admin().resource(resource).dryRun().update();
    } else {
      admin().resource(resource).dryRun().create();
    }
  }

  private static GenericKubernetesResource resource(String kind, JsonNode spec) {
    GenericKubernetesResource resource = new GenericKubernetesResource();
    resource.setApiVersion("weir.dev/v1alpha1");
    resource.setKind(kind);
    resource.setMetadata(new ObjectMetaBuilder().withName("row").withNamespace("rules").build());
    resource.setAdditionalProperty("spec", new ObjectMapper().convertValue(spec, Map.class));
    return resource;
  }

  @Test
  void samplesOfEveryReleaseAreAccepted() throws IOException {
    List<Path> files = new ArrayList<>();
    try (var all = Files.walk(SAMPLES)) {
      all.filter(file -> file.toString().endsWith(".yaml")).forEach(files::add);
    }
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      for (String document : Files.readString(file).split("\n---\n", -1)) {
        GenericKubernetesResource resource =
            YAML.readValue(document, GenericKubernetesResource.class);
        resource.getMetadata().setNamespace("rules");
        assertThatCode(() -> admin().resource(resource).dryRun().create())
            .as(document)
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  void defaultsAreFilledInAndUnknownFieldsAreRefusedWhenAskedTo() throws IOException {
    GenericKubernetesResource pool =
        resource(
            "SfuPool",
            YAML.readTree(
                "{homeserverRef: {name: a}, replicas: 1, version: v1.13.5, exposure: {mode: HostNetwork}}"));
    GenericKubernetesResource stored = admin().resource(pool).dryRun().create();
    assertThat(stored.<Object>get("spec", "limits", "participantsPerNode")).isEqualTo(500);
    assertThat(stored.<Object>get("spec", "exposure", "udpPort")).isEqualTo(7882);
    assertThat(stored.<Object>get("spec", "drain", "deadline")).isEqualTo("4h");
  }

  @Test
  void theScaleSubresourceScalesAPool() {
    admin().resource(Kinds.pool("rules", "scaled", 1, "v1.13.5")).create();
    admin().resource(Kinds.pool("rules", "scaled", 1, "v1.13.5")).scale(4);
    assertThat(
            admin()
                .resource(Kinds.pool("rules", "scaled", 1, "v1.13.5"))
                .get()
                .getSpec()
                .replicas())
        .isEqualTo(4);
  }
}
