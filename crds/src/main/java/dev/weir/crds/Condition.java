package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One aspect of an object's state, by the conventions of the Gateway API. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
    @Required
        @Size(min = 1, max = 64)
        @JsonPropertyDescription("What is said something about, for example Ready.")
        String type,
    @Required @JsonPropertyDescription("True, False or Unknown.") Status status,
    @Required
        @Size(min = 1, max = 128)
        @JsonPropertyDescription("Why, as one constant word in CamelCase.")
        String reason,
    @Required
        @Size(max = 4096)
        @JsonPropertyDescription("The state in words, and what to do about it.")
        String message,
    @Required @JsonPropertyDescription("Generation of the object that this was found for.")
        long observedGeneration,
    @Required @JsonPropertyDescription("When the status last changed (RFC 3339).")
        String lastTransitionTime) {

  /**
   * Kubernetes spells booleans of conditions as words, with a third value for what cannot be known.
   */
  public enum Status {
    @JsonProperty("True")
    TRUE,
    @JsonProperty("False")
    FALSE,
    @JsonProperty("Unknown")
    UNKNOWN
  }
}
