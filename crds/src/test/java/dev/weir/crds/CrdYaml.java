package dev.weir.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A generated CustomResourceDefinition with what the generator cannot say added: list-map keys,
 * free-form objects without a value schema, {@code spec} required, whole numbers as bounds, and
 * printer columns in the order in which people read them.
 */
final class CrdYaml {
  static final List<String> PLURALS = List.of("homeservers", "sfupools", "sfupeers");

  private static final Map<String, List<String>> COLUMNS =
      Map.of(
          "homeservers",
          List.of("Server", "Ready", "Pools", "Sessions", "Members", "Peers", "Age"),
          "sfupools",
          List.of(
              "Ready",
              "Nodes",
              "Serving",
              "Rooms",
              "Participants",
              "Draining",
              "Region",
              "Age",
              "Reason"),
          "sfupeers",
          List.of("Server", "Connected", "Legs", "Suspended", "Age", "Reason"));

  private static final ObjectMapper YAML =
      new ObjectMapper(
          new YAMLFactory()
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES));

  final String plural;
  final ObjectNode document;

  private CrdYaml(String plural, ObjectNode document) {
    this.plural = plural;
    this.document = document;
  }

  static CrdYaml of(String plural) {
    String resource = "/META-INF/fabric8/" + plural + ".weir.dev-v1.yml";
    try (InputStream in =
        Objects.requireNonNull(CrdYaml.class.getResourceAsStream(resource), resource)) {
      CrdYaml crd = new CrdYaml(plural, (ObjectNode) YAML.readTree(in));
      crd.complete();
      return crd;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text() {
    try {
      return YAML.writeValueAsString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String kind() {
    return document.at("/spec/names/kind").asText();
  }

  ObjectNode schema() {
    return (ObjectNode) document.at("/spec/versions/0/schema/openAPIV3Schema");
  }

  private void complete() {
    ObjectNode schema = schema();
    schema.putArray("required").add("spec");
    listMap(schema.at("/properties/status/properties/conditions"), "type");
    listMap(schema.at("/properties/status/properties/nodes"), "name");
    listMap(schema.at("/properties/spec/properties/nodes"), "name");
    freeForm(schema.at("/properties/spec/properties/template/properties/resources"));
    freeForm(schema.at("/properties/spec/properties/template/properties/affinity"));
    JsonNode tolerations = schema.at("/properties/spec/properties/template/properties/tolerations");
    if (tolerations instanceof ObjectNode list) {
      list.remove("x-kubernetes-preserve-unknown-fields");
      freeForm(list.path("items"));
    }
    wholeNumbers(schema);
    orderColumns();
  }

  private static void listMap(JsonNode list, String key) {
    if (list instanceof ObjectNode node) {
      node.put("x-kubernetes-list-type", "map");
      node.putArray("x-kubernetes-list-map-keys").add(key);
    }
  }

  private static void freeForm(JsonNode object) {
    if (object instanceof ObjectNode node) {
      node.remove("additionalProperties");
      node.put("x-kubernetes-preserve-unknown-fields", true);
    }
  }

  private static void wholeNumbers(JsonNode node) {
    if (node instanceof ObjectNode object && object.path("type").asText().equals("integer")) {
      for (String bound : List.of("minimum", "maximum")) {
        if (object.has(bound)) {
          object.put(bound, object.get(bound).asLong());
        }
      }
    }
    node.forEach(CrdYaml::wholeNumbers);
  }

  private void orderColumns() {
    ObjectNode version = (ObjectNode) document.at("/spec/versions/0");
    JsonNode generated = version.path("additionalPrinterColumns");
    ArrayNode ordered = YAML.createArrayNode();
    for (String name : Objects.requireNonNull(COLUMNS.get(plural))) {
      for (JsonNode column : generated) {
        if (column.path("name").asText().equals(name)) {
          ordered.add(column);
        }
      }
    }
    if (ordered.size() != generated.size()) {
      throw new IllegalStateException(
          "printer columns of " + plural + " without a place: " + generated);
    }
    version.set("additionalPrinterColumns", ordered);
  }
}
