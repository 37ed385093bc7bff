package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.model.annotation.LabelSelector;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Weir found out about a pool. Written by the operator only; the router reads {@code nodes}.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SfuPoolStatus(
    @JsonPropertyDescription("Generation that this status is about.") long observedGeneration,
    @StatusReplicas @JsonPropertyDescription("Nodes that exist.") int replicas,
    @JsonPropertyDescription("Nodes that take new rooms.") int readyReplicas,
    @LabelSelector @JsonPropertyDescription("Selects the pods, for autoscalers.")
        @Nullable String selector,
    @JsonPropertyDescription("Rooms on all nodes.") int rooms,
    @JsonPropertyDescription("Participants on all nodes.") int participants,
    @JsonPropertyDescription("Nodes that are being emptied.") int draining,
    @JsonPropertyDescription("Each node of the pool.") List<NodeStatus> nodes,
    @JsonPropertyDescription(
            "Accepted, ResolvedRefs, AddressResolved, Programmed, Draining, Degraded, Ready.")
        List<Condition> conditions) {
  public SfuPoolStatus {
    nodes = nodes == null ? List.of() : List.copyOf(nodes);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /** One node of the pool. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record NodeStatus(
      @Required @JsonPropertyDescription("Name of the node: its pod, or its name in spec.nodes.")
          String name,
      @JsonPropertyDescription("Address that clients send media to.") @Nullable String address,
      @JsonPropertyDescription("Signalling URL as the router reaches it.") @Nullable String url,
      @Required @JsonPropertyDescription("Starting, Serving, Draining, Drained or Unreachable.")
          State state,
      @JsonPropertyDescription("Rooms on the node.") int rooms,
      @JsonPropertyDescription("Participants on the node.") int participants,
      @JsonPropertyDescription("Load from 0 (idle) to 1 (full), rounded to a tenth.") double stress,
      @JsonPropertyDescription("LiveKit version that runs.") @Nullable String version,
      @JsonPropertyDescription("When the running drain began (RFC 3339).")
          @Nullable String drainingSince,
      @JsonPropertyDescription("When the node is stopped even if it is not empty (RFC 3339).")
          @Nullable String drainDeadline) {}

  /** Life of a node. */
  public enum State {
    @JsonProperty("Starting")
    STARTING,
    @JsonProperty("Serving")
    SERVING,
    @JsonProperty("Draining")
    DRAINING,
    @JsonProperty("Drained")
    DRAINED,
    @JsonProperty("Unreachable")
    UNREACHABLE
  }
}
