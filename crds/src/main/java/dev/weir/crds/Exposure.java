package dev.weir.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How clients reach a node's media ports. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "(has(self.addressSource) && self.addressSource == 'Static') == has(self.staticAddresses)",
    message = "staticAddresses goes with addressSource Static, and only with it")
@ValidationRule(
    value = "self.mode != 'NodePort' || (self.udpPort >= 30000 && self.udpPort <= 32767)",
    message =
        "mode NodePort needs udpPort in the cluster's node port range (30000 to 32767); node number N gets udpPort + N",
    fieldPath = ".udpPort")
@ValidationRule(
    value = "self.mode != 'NodePort' || (self.tcpPort >= 30000 && self.tcpPort <= 32767)",
    message =
        "mode NodePort needs tcpPort in the cluster's node port range (30000 to 32767); node number N gets tcpPort + N",
    fieldPath = ".tcpPort")
@ValidationRule(
    value =
        "!has(self.addressSource) || self.mode == 'ClusterOnly' || self.addressSource != 'PodIP'",
    message = "addressSource PodIP reaches clients only in mode ClusterOnly",
    fieldPath = ".addressSource")
@ValidationRule(
    value =
        "!has(self.addressSource) || self.mode != 'LoadBalancer' || self.addressSource == 'Static'",
    message =
        "mode LoadBalancer advertises the load balancer's address; only Static may replace it",
    fieldPath = ".addressSource")
@ValidationRule(
    value =
        "!has(self.addressSource) || self.mode != 'ClusterOnly' || self.addressSource == 'PodIP'",
    message = "mode ClusterOnly advertises pod addresses; use addressSource PodIP or leave it out",
    fieldPath = ".addressSource")
public record Exposure(
    @Required
        @JsonPropertyDescription(
            "HostNetwork: ports of the Kubernetes node itself; least latency, one pod a node. NodePort: two node ports a pod. LoadBalancer: one load balancer a pod. ClusterOnly: pod addresses; for tests and routed pod networks.")
        Mode mode,
    @Default("7882")
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription("UDP port of all media (multiplexed).")
        Integer udpPort,
    @Default("7881")
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription("TCP port for clients whose UDP is blocked.")
        Integer tcpPort,
    @JsonPropertyDescription(
            "Where the advertised address comes from. Absent: NodeExternalIP for HostNetwork and NodePort, the load balancer for LoadBalancer, PodIP for ClusterOnly.")
        @Nullable AddressSource addressSource,
    @Size(min = 1, max = 500)
        @JsonPropertyDescription(
            "For addressSource Static: the address of node 0, node 1, and so on.")
        @Nullable List<@Size(min = 2, max = 45) String> staticAddresses) {

  public Exposure {
    udpPort = udpPort == null ? 7882 : udpPort;
    tcpPort = tcpPort == null ? 7881 : tcpPort;
    staticAddresses = staticAddresses == null ? null : List.copyOf(staticAddresses);
  }

  /** How the media ports are opened. */
  public enum Mode {
    @JsonProperty("HostNetwork")
    HOST_NETWORK,
    @JsonProperty("NodePort")
    NODE_PORT,
    @JsonProperty("LoadBalancer")
    LOAD_BALANCER,
    @JsonProperty("ClusterOnly")
    CLUSTER_ONLY
  }

  /** Where the advertised address comes from. */
  public enum AddressSource {
    @JsonProperty("NodeExternalIP")
    NODE_EXTERNAL_IP,
    @JsonProperty("NodeInternalIP")
    NODE_INTERNAL_IP,
    @JsonProperty("PodIP")
    POD_IP,
    @JsonProperty("Static")
    STATIC
  }
}
