package dev.weir.operator.apply;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.Objects;
import java.util.Set;

/**
 * Whether a stored object lacks something that is wanted of it.
 *
 * <p>Only what is wanted is looked at: fields that the API server or others filled in are theirs. A
 * list of objects holds what is wanted when each wanted item has a match, so that a container or
 * port that somebody added does not count. Lists of plain values must be equal.
 */
final class Drift {
  private static final Set<String> QUANTITIES = Set.of("limits", "requests");

  private Drift() {}

  static boolean lacks(JsonNode wanted, JsonNode stored) {
    return lacks(wanted, stored, "");
  }

  private static boolean lacks(JsonNode wanted, JsonNode stored, String name) {
    if (wanted.isObject()) {
      return !stored.isObject()
          || wanted.properties().stream()
              .anyMatch(field -> fieldLacks(field.getKey(), field.getValue(), stored, name));
    }
    if (wanted.isArray()) {
      return !stored.isArray() || listLacks(wanted, stored, name);
    }
    if (wanted.isNumber() && stored.isNumber()) {
      return wanted.decimalValue().compareTo(stored.decimalValue()) != 0;
    }
    return !Objects.equals(wanted.asText(), stored.asText());
  }

  private static boolean fieldLacks(String field, JsonNode wanted, JsonNode stored, String parent) {
    JsonNode there = stored.path(field);
    if (wanted.isNull() || (wanted.isContainerNode() && wanted.isEmpty())) {
      return false;
    }
    if (QUANTITIES.contains(parent) && wanted.isTextual() && there.isTextual()) {
      return quantity(wanted.asText()).compareTo(quantity(there.asText())) != 0;
    }
    return lacks(wanted, there, field);
  }

  private static boolean listLacks(JsonNode wanted, JsonNode stored, String name) {
    if (!wanted.isEmpty() && !wanted.get(0).isObject()) {
      return !wanted.equals(stored);
    }
    for (JsonNode item : wanted) {
      boolean found = false;
      for (JsonNode candidate : stored) {
        found |= !lacks(item, candidate, name);
      }
      if (!found) {
        return true;
      }
    }
    return false;
  }

  private static BigDecimal quantity(String text) {
    return Quantity.getAmountInBytes(Quantity.parse(text));
  }
}
