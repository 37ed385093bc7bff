package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One example of one rule, of {@code rules/PLURAL.yaml}.
 *
 * @param message the rule's message
 * @param old the spec before the change, for rules about changes
 * @param valid a spec that the rule allows
 * @param invalid a spec that breaks this rule and no other part of the schema
 */
record RuleRow(
    @JsonProperty(required = true) String message,
    @Nullable ObjectNode old,
    @Nullable ObjectNode valid,
    @Nullable ObjectNode invalid) {

  static List<RuleRow> of(String plural) {
    String resource = "/rules/" + plural + ".yaml";
    try (InputStream in =
        Objects.requireNonNull(RuleRow.class.getResourceAsStream(resource), resource)) {
      return new ObjectMapper(new YAMLFactory())
          .readValue(in, new TypeReference<List<RuleRow>>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
