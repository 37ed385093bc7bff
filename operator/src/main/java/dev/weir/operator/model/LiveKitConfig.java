package dev.weir.operator.model;

import dev.weir.crds.Exposure;
import dev.weir.crds.SfuPoolSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The configuration files of LiveKit, as YAML that reads like a hand-written one.
 *
 * <p>Rooms are only made by the router ({@code auto_create: false}), and there is no Redis: each
 * node stands alone.
 */
final class LiveKitConfig {
  private LiveKitConfig() {}

  /** What is the same for all nodes: the part that a change of rolls the pool. */
  static String common(SfuPoolSpec spec, List<String> keyNames, String webhookUrl) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("port: ").append(Names.SIGNAL_PORT).append('\n');
    yaml.append("prometheus_port: ").append(Names.METRICS_PORT).append('\n');
    yaml.append("room:\n  auto_create: false\n");
    yaml.append("logging:\n  level: info\n  json: true\n");
    if (spec.region() != null) {
      yaml.append("region: ").append(spec.region()).append('\n');
    }
    SfuPoolSpec.Limits limits = spec.limits();
    if (limits.tracks() != null || limits.bytesPerSecond() != null) {
      yaml.append("limit:\n");
      line(yaml, "  num_tracks: ", limits.tracks());
      line(yaml, "  bytes_per_sec: ", limits.bytesPerSecond());
    }
    if (!keyNames.isEmpty()) {
      yaml.append("webhook:\n  api_key: ").append(keyNames.get(keyNames.size() - 1));
      yaml.append("\n  urls:\n    - ").append(webhookUrl).append('\n');
    }
    return yaml.toString();
  }

  private static void line(StringBuilder yaml, String name, @Nullable Object value) {
    if (value != null) {
      yaml.append(name).append(value).append('\n');
    }
  }

  /**
   * File name to content: one file for all, one a pod, one a Kubernetes node, or one for each pair.
   */
  static Map<String, String> files(PoolInputs in, String common, Exposure exposure) {
    Map<String, String> files = new TreeMap<>();
    boolean portPerPod = exposure.mode() == Exposure.Mode.NODE_PORT;
    switch (in.advertised()) {
      case Advertised.FromPod ignored -> {
        if (portPerPod) {
          forEachPod(
              in,
              (pod, ordinal) -> files.put(pod + ".yaml", common + rtc(exposure, ordinal, null)));
        } else {
          files.put("livekit.yaml", common + rtc(exposure, 0, null));
        }
      }
      case Advertised.ByPod byPod ->
          forEachPod(
              in,
              (pod, ordinal) -> {
                String address = byPod.addresses().get(pod);
                if (address != null) {
                  files.put(
                      pod + ".yaml", common + rtc(exposure, portPerPod ? ordinal : 0, address));
                }
              });
      case Advertised.ByNode byNode ->
          byNode
              .addresses()
              .forEach(
                  (node, address) -> {
                    if (portPerPod) {
                      forEachPod(
                          in,
                          (pod, ordinal) ->
                              files.put(
                                  pod + "." + node + ".yaml",
                                  common + rtc(exposure, ordinal, address)));
                    } else {
                      files.put(node + ".yaml", common + rtc(exposure, 0, address));
                    }
                  });
    }
    return files;
  }

  /** The file that a pod reads, with the variables that the kubelet fills in. */
  static String path(Advertised advertised, Exposure exposure) {
    boolean portPerPod = exposure.mode() == Exposure.Mode.NODE_PORT;
    return "/etc/livekit/"
        + switch (advertised) {
          case Advertised.FromPod ignored -> portPerPod ? "$(POD_NAME)" : "livekit";
          case Advertised.ByPod ignored -> "$(POD_NAME)";
          case Advertised.ByNode ignored ->
              portPerPod ? "$(POD_NAME).$(NODE_NAME)" : "$(NODE_NAME)";
        }
        + ".yaml";
  }

  private static String rtc(Exposure exposure, int ordinal, @Nullable String address) {
    String yaml =
        "rtc:\n  use_external_ip: false\n  udp_port: "
            + (exposure.udpPort() + ordinal)
            + "\n  tcp_port: "
            + (exposure.tcpPort() + ordinal)
            + "\n";
    return address == null ? yaml : yaml + "  node_ip: \"" + address + "\"\n";
  }

  private interface PodAction {
    void accept(String pod, int ordinal);
  }

  private static void forEachPod(PoolInputs in, PodAction action) {
    for (int ordinal = 0; ordinal < in.replicas(); ordinal++) {
      action.accept(Names.pod(in.pool(), ordinal), ordinal);
    }
  }
}
