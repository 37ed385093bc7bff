package dev.weir.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What admins have written for released versions stays valid, and means the same with and without
 * Kubernetes.
 */
class SamplesTest {
  private static final Path SAMPLES = Path.of("src/test/resources/samples");

  static Stream<Path> samples() throws IOException {
    try (Stream<Path> files = Files.walk(SAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void anOldSampleIsValidUnderTheSchemaOfToday(Path file) throws IOException {
    for (CustomResource<?, ?> resource : read(file)) {
      JsonNode schema = schemaOf(resource);
      ObjectNode spec = new ObjectMapper().valueToTree(resource.getSpec());
      assertThat(Schema.problems(schema, spec))
          .as("%s", resource.getMetadata().getName())
          .isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theRecordsFillInTheDefaultsOfTheSchema(Path file) throws IOException {
    for (CustomResource<?, ?> resource : read(file)) {
      ObjectNode fromRecords = new ObjectMapper().valueToTree(resource.getSpec());
      ObjectNode fromSchema = fromRecords.deepCopy();
      Schema.applyDefaults(schemaOf(resource), fromSchema);
      assertThat(fromRecords).isEqualTo(fromSchema);
    }
  }

  private static List<CustomResource<?, ?>> read(Path file) throws IOException {
    List<CustomResource<?, ?>> resources =
        new ResourceFiles().read(Files.readString(file), file.toString());
    assertThat(resources).isNotEmpty();
    return resources;
  }

  private static JsonNode schemaOf(CustomResource<?, ?> resource) {
    String plural = resource.getKind().toLowerCase(Locale.ROOT) + "s";
    return CrdYaml.of(plural).schema().at("/properties/spec");
  }
}
