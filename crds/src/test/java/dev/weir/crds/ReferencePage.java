package dev.weir.crds;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The reference page of the three kinds, from their schema. */
final class ReferencePage {
  private ReferencePage() {}

  static String text() {
    StringBuilder page = new StringBuilder();
    page.append("# Custom resources\n\n")
        .append("Made from the Java types in `crds/`; do not edit by hand.\n\n")
        .append("API version `")
        .append(WeirApi.API_VERSION)
        .append("`, namespaced, category `weir` (`kubectl get weir`).\n");
    for (String plural : CrdYaml.PLURALS) {
      kind(page, CrdYaml.of(plural));
    }
    return page.toString();
  }

  private static void kind(StringBuilder page, CrdYaml crd) {
    JsonNode names = crd.document.at("/spec/names");
    page.append("\n## ")
        .append(crd.kind())
        .append("\n\n`kubectl get ")
        .append(crd.plural)
        .append("`, short: `")
        .append(names.path("shortNames").path(0).asText())
        .append("`\n");
    for (String part : List.of("spec", "status")) {
      page.append("\n### ")
          .append(crd.kind())
          .append(".")
          .append(part)
          .append("\n\n| field | type | default | meaning |\n| --- | --- | --- | --- |\n");
      fields(page, crd.schema().path("properties").path(part), "");
    }
    List<String> rules = new ArrayList<>();
    rules(crd.schema().path("properties").path("spec"), "spec", rules);
    if (!rules.isEmpty()) {
      page.append("\nRules that the API server checks:\n\n");
      rules.forEach(rule -> page.append("- ").append(rule).append("\n"));
    }
  }

  private static void fields(StringBuilder page, JsonNode schema, String prefix) {
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              JsonNode field = property.getValue();
              String name = prefix + property.getKey();
              page.append("| `")
                  .append(name)
                  .append("` | ")
                  .append(type(field))
                  .append(required.contains(property.getKey()) ? ", required" : "")
                  .append(" | ")
                  .append(defaultOf(field))
                  .append(" | ")
                  .append(field.path("description").asText().replace("|", "\\|"))
                  .append(" |\n");
              if (field.path("type").asText().equals("array")) {
                fields(page, field.path("items"), name + "[].");
              } else {
                fields(page, field, name + ".");
              }
            });
  }

  private static String type(JsonNode field) {
    if (field.has("enum")) {
      List<String> values = new ArrayList<>();
      field.path("enum").forEach(value -> values.add("`" + value.asText() + "`"));
      return String.join(", ", values);
    }
    String type = field.path("type").asText();
    return switch (type) {
      case "array" -> "list of " + field.path("items").path("type").asText();
      case "object" -> field.has("additionalProperties") ? "map" : "object";
      default -> type;
    };
  }

  private static String defaultOf(JsonNode field) {
    JsonNode value = field.path("default");
    return value.isMissingNode() || value.isObject() ? "" : "`" + value.asText() + "`";
  }

  private static void rules(JsonNode schema, String path, List<String> rules) {
    schema
        .path("x-kubernetes-validations")
        .forEach(rule -> rules.add("`" + path + "`: " + rule.path("message").asText()));
    schema
        .path("properties")
        .properties()
        .forEach(property -> rules(property.getValue(), path + "." + property.getKey(), rules));
  }
}
