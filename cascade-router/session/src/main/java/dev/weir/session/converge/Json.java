package dev.weir.session.converge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads of untrusted JSON: what has another type or size than expected is not there. */
final class Json {
  private static final int LONGEST = 2048;
  private static final int MOST_FOCI = 32;
  private static final long SAFE = (1L << 53) - 1;

  private Json() {}

  static Optional<String> text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() && value.textValue().length() <= LONGEST
        ? Optional.of(value.textValue())
        : Optional.empty();
  }

  static boolean has(JsonNode node, String field) {
    return !node.path(field).isMissingNode();
  }

  /** A whole number that canonical JSON can hold. */
  static OptionalLong number(JsonNode node, String field) {
    JsonNode value = node.path(field);
    if (!value.isNumber()) {
      return OptionalLong.empty();
    }
    double asDouble = value.doubleValue();
    if (Math.abs(asDouble) > SAFE || asDouble != Math.rint(asDouble)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of((long) asDouble);
  }

  /** A list of transports; empty if it is not one. */
  static Optional<List<Transport>> transports(JsonNode list) {
    if (!list.isArray() || list.size() > MOST_FOCI) {
      return Optional.empty();
    }
    List<Transport> transports = new ArrayList<>(list.size());
    for (JsonNode entry : list) {
      Optional<String> type = text(entry, "type");
      if (type.isEmpty()) {
        return Optional.empty();
      }
      String url = text(entry, "livekit_service_url").or(() -> text(entry, "url")).orElse("");
      transports.add(new Transport(type.get(), url));
    }
    return Optional.of(transports);
  }
}
