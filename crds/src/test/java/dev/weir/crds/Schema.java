package dev.weir.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What an API server does with a structural schema: fill in defaults, and say what does not fit.
 */
final class Schema {
  private Schema() {}

  /** Fills in the defaults of {@code schema}, as the API server does when an object is written. */
  static void applyDefaults(JsonNode schema, JsonNode value) {
    if (value instanceof ObjectNode object) {
      schema
          .path("properties")
          .properties()
          .forEach(
              property -> {
                if (!object.has(property.getKey()) && property.getValue().has("default")) {
                  object.set(property.getKey(), property.getValue().get("default").deepCopy());
                }
                if (object.has(property.getKey())) {
                  applyDefaults(property.getValue(), object.get(property.getKey()));
                }
              });
    } else if (value.isArray()) {
      value.forEach(item -> applyDefaults(schema.path("items"), item));
    }
  }

  /** Everything in {@code value} that {@code schema} does not allow. */
  static List<String> problems(JsonNode schema, JsonNode value) {
    List<String> problems = new ArrayList<>();
    check(schema, value, "", problems);
    return problems;
  }

  private static void check(JsonNode schema, JsonNode value, String path, List<String> problems) {
    if (!typeFits(schema.path("type").asText(), value)) {
      problems.add(path + ": not of type " + schema.path("type").asText());
      return;
    }
    switch (schema.path("type").asText()) {
      case "object" -> checkObject(schema, value, path, problems);
      case "array" -> {
        bounds(schema, "minItems", "maxItems", value.size(), path, problems);
        for (int i = 0; i < value.size(); i++) {
          check(schema.path("items"), value.get(i), path + "[" + i + "]", problems);
        }
      }
      case "string" -> checkString(schema, value.asText(), path, problems);
      default -> bounds(schema, "minimum", "maximum", value.asLong(), path, problems);
    }
  }

  private static void checkObject(
      JsonNode schema, JsonNode value, String path, List<String> problems) {
    schema
        .path("required")
        .forEach(
            name -> {
              if (!value.has(name.asText())) {
                problems.add(path + "." + name.asText() + ": missing");
              }
            });
    if (schema.path("x-kubernetes-preserve-unknown-fields").asBoolean()) {
      return;
    }
    value
        .properties()
        .forEach(
            field -> {
              String here = path + "." + field.getKey();
              if (schema.path("properties").has(field.getKey())) {
                check(
                    schema.path("properties").get(field.getKey()),
                    field.getValue(),
                    here,
                    problems);
              } else if (schema.has("additionalProperties")) {
                check(schema.get("additionalProperties"), field.getValue(), here, problems);
              } else {
                problems.add(here + ": unknown");
              }
            });
  }

  private static void checkString(
      JsonNode schema, String value, String path, List<String> problems) {
    bounds(schema, "minLength", "maxLength", value.length(), path, problems);
    if (schema.has("pattern")
        && !Pattern.compile(schema.path("pattern").asText()).matcher(value).find()) {
      problems.add(path + ": does not match " + schema.path("pattern").asText());
    }
    if (schema.has("enum")) {
      List<String> allowed = new ArrayList<>();
      schema.path("enum").forEach(item -> allowed.add(item.asText()));
      if (!allowed.contains(value)) {
        problems.add(path + ": not one of " + allowed);
      }
    }
  }

  private static void bounds(
      JsonNode schema, String low, String high, long value, String path, List<String> problems) {
    if (schema.has(low) && value < schema.get(low).asLong()) {
      problems.add(path + ": " + low + " is " + schema.get(low));
    }
    if (schema.has(high) && value > schema.get(high).asLong()) {
      problems.add(path + ": " + high + " is " + schema.get(high));
    }
  }

  private static boolean typeFits(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "boolean" -> value.isBoolean();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      default -> true;
    };
  }
}
