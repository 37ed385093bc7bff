package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One key of a ConfigMap in the same namespace. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record KeyRef(
    @Required
        @Size(min = 1, max = 253)
        @JsonPropertyDescription("Name of the ConfigMap, in the same namespace.")
        String name,
    @Default("ca.crt") @Size(min = 1, max = 253) @JsonPropertyDescription("Key inside it.")
        String key) {
  public KeyRef {
    key = key == null ? "ca.crt" : key;
  }
}
