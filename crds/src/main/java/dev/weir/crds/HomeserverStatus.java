package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What Weir found out about a site. Written by the operator only. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HomeserverStatus(
    @JsonPropertyDescription("Generation that this status is about.") long observedGeneration,
    @JsonPropertyDescription("Accepted, ResolvedRefs, Programmed, Ready.")
        List<Condition> conditions,
    @JsonPropertyDescription("Documents to publish, ready to paste.") @Nullable WellKnown wellKnown,
    @JsonPropertyDescription("Pools that refer to this Homeserver.") int pools,
    @JsonPropertyDescription("Calls that members of this site are in.") int sessions,
    @JsonPropertyDescription("Members of this site that are in a call.") int members,
    @JsonPropertyDescription("Partners that refer to this Homeserver.") int peers) {
  public HomeserverStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** Documents to publish under the server name. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record WellKnown(
      @JsonPropertyDescription("To be merged into /.well-known/matrix/client.")
          @Nullable String client,
      @JsonPropertyDescription("To be served as /.well-known/weir.") @Nullable String weir) {}
}
