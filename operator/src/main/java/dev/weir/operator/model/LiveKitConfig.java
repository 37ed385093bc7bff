package dev.weir.operator.model;

import dev.weir.crds.Exposure;
import dev.weir.crds.SfuPoolSpec;
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
  static String common(SfuPoolSpec spec) {
    StringBuilder yaml = new StringBuilder();
    yaml.append("port: ").append(Names.SIGNAL_PORT).append('\n');
    yaml.append("prometheus_port: ").append(Names.METRICS_PORT).append('\n');
    yaml.append("room:\n  auto_create: false\n");
    yaml.append("logging:\n  level: info\n  json: true\n");
    line(yaml, "region: ", spec.region());
    SfuPoolSpec.Limits limits = spec.limits();
    if (limits.tracks() != null || limits.bytesPerSecond() != null) {
      yaml.append("limit:\n");
      line(yaml, "  num_tracks: ", limits.tracks());
      line(yaml, "  bytes_per_sec: ", limits.bytesPerSecond());
    }
    return yaml.toString();
  }

  private static void line(StringBuilder yaml, String name, @Nullable Object value) {
    if (value != null) {
      yaml.append(name).append(value).append('\n');
    }
  }

  /** Which key signs the reports, and where they go: of a change the pool rolls too. */
  static String reports(PoolInputs in) {
    return in.keyNames().isEmpty()
        ? ""
        : in.keyNames().get(in.keyNames().size() - 1) + " " + in.webhookUrl();
  }

  /** File name to content: one a pod, or one for each pod on each Kubernetes node. */
  static Map<String, String> files(PoolInputs in, String common, Exposure exposure) {
    Map<String, String> files = new TreeMap<>();
    for (int ordinal = 0; ordinal < in.replicas(); ordinal++) {
      String pod = Names.pod(in.pool(), ordinal);
      String start = common + webhook(in, pod);
      int port = exposure.mode() == Exposure.Mode.NODE_PORT ? ordinal : 0;
      switch (in.advertised()) {
        case Advertised.FromPod ignored ->
            files.put(pod + ".yaml", start + rtc(exposure, port, null));
        case Advertised.ByPod byPod -> {
          String address = byPod.addresses().get(pod);
          if (address != null) {
            files.put(pod + ".yaml", start + rtc(exposure, port, address));
          }
        }
        case Advertised.ByNode byNode ->
            byNode
                .addresses()
                .forEach(
                    (node, address) ->
                        files.put(
                            pod + "." + node + ".yaml", start + rtc(exposure, port, address)));
      }
    }
    return files;
  }

  /** Nothing in a report says which node sends it, so its URL does. */
  private static String webhook(PoolInputs in, String pod) {
    if (in.keyNames().isEmpty()) {
      return "";
    }
    return "webhook:\n  api_key: "
        + in.keyNames().get(in.keyNames().size() - 1)
        + "\n  urls:\n    - "
        + in.webhookUrl()
        + "?node="
        + in.pool().getMetadata().getNamespace()
        + "/"
        + in.pool().getMetadata().getName()
        + "/"
        + pod
        + "\n";
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

  /** The file that a pod reads, with the variables that the kubelet fills in. */
  static String path(Advertised advertised) {
    return advertised instanceof Advertised.ByNode
        ? "/etc/livekit/$(POD_NAME).$(NODE_NAME).yaml"
        : "/etc/livekit/$(POD_NAME).yaml";
  }
}
