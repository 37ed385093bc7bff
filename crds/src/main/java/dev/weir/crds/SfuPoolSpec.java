package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * LiveKit nodes of one flavour for one homeserver: either {@code replicas} that the operator runs,
 * or {@code nodes} that somebody else runs.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.replicas) != has(self.nodes)",
    message =
        "give exactly one of replicas (the operator runs them) and nodes (they exist already)")
@ValidationRule(
    value = "has(self.replicas) == has(oldSelf.replicas)",
    message = "a pool cannot change between replicas and nodes: make another SfuPool")
@ValidationRule(
    value = "self.homeserverRef.name == oldSelf.homeserverRef.name",
    message = "homeserverRef is immutable: make another SfuPool for another homeserver",
    fieldPath = ".homeserverRef")
@ValidationRule(
    value = "!has(self.replicas) || has(self.exposure)",
    message = "replicas need exposure: say how clients reach the media ports")
@ValidationRule(
    value = "!has(self.replicas) || has(self.version) != has(self.image)",
    message = "replicas need exactly one of version and image")
@ValidationRule(
    value =
        "!has(self.nodes) || !(has(self.exposure) || has(self.version) || has(self.image) || has(self.template))",
    message =
        "exposure, version, image and template are for replicas; nodes are run by somebody else")
@ValidationRule(
    value = "!has(self.nodes) || has(self.keys.secretRef)",
    message = "nodes need keys.secretRef: their LiveKit API keys cannot be made here")
@ValidationRule(
    value = "!has(self.nodes) || self.nodes.all(n, self.nodes.exists_one(m, m.url == n.url))",
    message = "two nodes have the same url",
    fieldPath = ".nodes")
public record SfuPoolSpec(
    @Required @JsonPropertyDescription("The site that this pool serves.") LocalRef homeserverRef,
    @SpecReplicas
        @Min(0)
        @Max(500)
        @JsonPropertyDescription("How many LiveKit nodes the operator runs.")
        @Nullable Integer replicas,
    @Size(min = 1, max = 100)
        @JsonPropertyDescription(
            "LiveKit servers that exist already and are not run by the operator.")
        @Nullable List<Node> nodes,
    @Size(max = 64)
        @Pattern("^v?[0-9]+\\.[0-9]+\\.[0-9]+([-+][-.A-Za-z0-9]+)?$")
        @JsonPropertyDescription(
            "LiveKit version; the image is the operator's livekit.repository with this tag.")
        @Nullable String version,
    @Size(min = 1, max = 512) @JsonPropertyDescription("LiveKit image in full, instead of version.")
        @Nullable String image,
    @Size(max = 63)
        @Pattern("^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
        @JsonPropertyDescription(
            "Where these nodes are; all rooms of a call prefer the region of its first room.")
        @Nullable String region,
    @JsonPropertyDescription(
            "How clients reach the media ports. Signalling goes through the gate and needs no exposure.")
        @Nullable Exposure exposure,
    @Default("{}")
        @JsonPropertyDescription("LiveKit API keys of the nodes. Clients never see them.")
        Keys keys,
    @Default("{}") @JsonPropertyDescription("What one node carries at most.") Limits limits,
    @Default("{}") @JsonPropertyDescription("How a node is emptied before it stops.") Drain drain,
    @JsonPropertyDescription("Further settings of the pods.") @Nullable Template template) {

  public SfuPoolSpec {
    nodes = nodes == null ? null : List.copyOf(nodes);
    keys = keys == null ? Keys.DEFAULT : keys;
    limits = limits == null ? Limits.DEFAULT : limits;
    drain = drain == null ? Drain.DEFAULT : drain;
  }

  /** A LiveKit server that exists already. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Node(
      @Required
          @Size(min = 1, max = 63)
          @Pattern("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
          @JsonPropertyDescription("Name of the node inside this pool.")
          String name,
      @Required
          @Size(min = 6, max = 2048)
          @Pattern("^wss?://[^\\s?#]+$")
          @JsonPropertyDescription(
              "Signalling URL as the router reaches it, for example ws://sfu-1.internal:7880.")
          String url) {}

  /** LiveKit API keys. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @ValidationRule(
      value = "!has(self.secretRef) || !has(self.rotateEvery)",
      message =
          "rotateEvery is for keys that the operator makes; with secretRef the owner of the Secret rotates")
  @ValidationRule(
      value = "!has(self.rotateEvery) || duration(self.rotateEvery) > duration(self.overlap)",
      message = "rotateEvery must be longer than overlap")
  public record Keys(
      @JsonPropertyDescription(
              "Secret with the key keys.yaml: a LiveKit key file, newest first. Absent: the operator makes the keys.")
          @Nullable LocalRef secretRef,
      @Pattern(Durations.PATTERN)
          @JsonPropertyDescription(
              "How often the operator makes a new key. Absent: never by itself.")
          @Nullable String rotateEvery,
      @Default("1h")
          @Pattern(Durations.PATTERN)
          @JsonPropertyDescription(
              "How long an old key stays valid after all nodes have the new one.")
          String overlap) {
    static final Keys DEFAULT = new Keys(null, null, "1h");

    public Keys {
      overlap = overlap == null ? "1h" : overlap;
    }
  }

  /** What one node carries at most. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Limits(
      @Default("500")
          @Min(1)
          @Max(100000)
          @JsonPropertyDescription("Participants, relayed ones too; more go to another node.")
          Integer participantsPerNode,
      @Min(0) @JsonPropertyDescription("LiveKit's limit of tracks on a node. Absent: none.")
          @Nullable Integer tracks,
      @Min(0)
          @JsonPropertyDescription("LiveKit's limit of bytes per second on a node. Absent: none.")
          @Nullable Long bytesPerSecond) {
    static final Limits DEFAULT = new Limits(500, null, null);

    public Limits {
      participantsPerNode = participantsPerNode == null ? 500 : participantsPerNode;
    }
  }

  /** How a node is emptied before it stops. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @ValidationRule(
      value = "duration(self.moveAfter) <= duration(self.deadline)",
      message = "moveAfter must not be longer than deadline")
  public record Drain(
      @Default("0s")
          @Pattern(Durations.PATTERN)
          @JsonPropertyDescription(
              "How long calls may end by themselves before their rooms are moved.")
          String moveAfter,
      @Default("4h")
          @Pattern(Durations.PATTERN)
          @JsonPropertyDescription(
              "How long a drain may last; then the node stops even if it is not empty.")
          String deadline,
      @Default("60")
          @Min(1)
          @Max(1000)
          @JsonPropertyDescription("Rooms that are moved in a minute, smallest first.")
          Integer pace) {
    static final Drain DEFAULT = new Drain("0s", "4h", 60);

    public Drain {
      moveAfter = moveAfter == null ? "0s" : moveAfter;
      deadline = deadline == null ? "4h" : deadline;
      pace = pace == null ? 60 : pace;
    }
  }

  /** Further settings of the pods. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record Template(
      @PreserveUnknownFields
          @JsonPropertyDescription("Resources of the LiveKit container, as in a pod.")
          @Nullable Map<String, Object> resources,
      @JsonPropertyDescription("Labels of the Kubernetes nodes that may run the pods.")
          Map<String, String> nodeSelector,
      @PreserveUnknownFields @JsonPropertyDescription("Tolerations, as in a pod.")
          List<Map<String, Object>> tolerations,
      @PreserveUnknownFields @JsonPropertyDescription("Affinity, as in a pod.")
          @Nullable Map<String, Object> affinity,
      @Size(max = 253) @JsonPropertyDescription("Priority class of the pods.")
          @Nullable String priorityClassName,
      @JsonPropertyDescription("Secrets for pulling the image.") List<LocalRef> imagePullSecrets,
      @JsonPropertyDescription("Labels to add to the pods.") Map<String, String> labels,
      @JsonPropertyDescription("Annotations to add to the pods.") Map<String, String> annotations) {
    public Template {
      nodeSelector = nodeSelector == null ? Map.of() : Map.copyOf(nodeSelector);
      tolerations = tolerations == null ? List.of() : List.copyOf(tolerations);
      imagePullSecrets = imagePullSecrets == null ? List.of() : List.copyOf(imagePullSecrets);
      labels = labels == null ? Map.of() : Map.copyOf(labels);
      annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
    }
  }
}
