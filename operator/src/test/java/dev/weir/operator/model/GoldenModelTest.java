package dev.weir.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.weir.crds.ResourceFiles;
import dev.weir.crds.SfuPool;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A folder a case: {@code in.yaml} (the pool, then what was resolved for it) gives {@code
 * out-KIND-NAME.yaml}. {@code -Dweir.regenerate=true} writes the results anew; read the diff.
 */
class GoldenModelTest {
  private static final Path CASES = Path.of("src/test/resources/model");
  private static final ObjectMapper YAML =
      new ObjectMapper(
              new YAMLFactory()
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER))
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  static Stream<Path> cases() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      return folders.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aPoolBecomesTheseObjects(Path folder) throws IOException {
    Map<String, String> made = new TreeMap<>();
    PoolModel model = new PoolModel(inputs(folder));
    for (HasMetadata object : model.objects()) {
      String name =
          "out-"
              + object.getKind().toLowerCase(Locale.ROOT)
              + "-"
              + object.getMetadata().getName()
              + ".yaml";
      made.put(name, YAML.writeValueAsString(YAML.readValue(Canonical.json(object), Object.class)));
    }
    if (Boolean.getBoolean("weir.regenerate")) {
      for (String old : goldenFiles(folder).keySet()) {
        Files.delete(folder.resolve(old));
      }
      for (Map.Entry<String, String> file : made.entrySet()) {
        Files.writeString(folder.resolve(file.getKey()), file.getValue());
      }
    }
    assertThat(made).isEqualTo(goldenFiles(folder));
  }

  private static Map<String, String> goldenFiles(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file :
          all.filter(path -> path.getFileName().toString().startsWith("out-")).toList()) {
        files.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return files;
  }

  private static PoolInputs inputs(Path folder) throws IOException {
    String text = Files.readString(folder.resolve("in.yaml"));
    int split = text.indexOf("\n---\n");
    SfuPool pool =
        (SfuPool) new ResourceFiles().read(text.substring(0, split), folder.toString()).get(0);
    JsonNode resolved = YAML.readTree(text.substring(split + 5));
    List<String> keys = new ArrayList<>();
    resolved.path("keys").forEach(key -> keys.add(key.asText()));
    return new PoolInputs(
        pool,
        resolved.path("image").asText(),
        pool.getMetadata().getName() + "-keys",
        keys,
        resolved.path("replicas").asInt(),
        advertised(resolved.path("advertised")),
        "http://weir-router.weir.svc:8080/sfu_webhook",
        "weir");
  }

  private static Advertised advertised(JsonNode node) {
    Map<String, String> addresses = new HashMap<>();
    if (node.has("fromPod")) {
      return new Advertised.FromPod(node.path("fromPod").asText());
    }
    boolean byPod = node.has("byPod");
    node.path(byPod ? "byPod" : "byNode")
        .properties()
        .forEach(entry -> addresses.put(entry.getKey(), entry.getValue().asText()));
    return byPod ? new Advertised.ByPod(addresses) : new Advertised.ByNode(addresses);
  }
}
