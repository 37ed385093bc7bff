package dev.weir.e2e.cluster;

import dev.weir.e2e.process.ProgramFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What only the maker of a test cluster can do to it. */
final class OwnCluster {
  private final Kubectl kubectl;
  private final String script;

  OwnCluster(Kubectl kubectl, Map<String, String> environment) {
    this.kubectl = kubectl;
    String given = environment.get("WEIR_CLUSTER_SCRIPT");
    if (given == null) {
      throw new ProgramFailed(
          "WEIR_CLUSTER_SCRIPT is not set: e2e/cluster/cluster.sh exec sets it");
    }
    this.script = given;
  }

  /** Hangs a node with all its pods. */
  void freeze(int node) {
    run("freeze", String.valueOf(node));
  }

  void thaw(int node) {
    run("thaw", String.valueOf(node));
  }

  /** Kill -9 of the API server. */
  void apiDown() {
    run("api", "down");
  }

  void apiUp() {
    run("api", "up");
  }

  /** Kill -9 of a pod's program, where it runs. */
  void crash(String namespace, String pod) {
    run("crash", namespace, pod);
  }

  private void run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(script));
    all.addAll(List.of(arguments));
    kubectl.good("bash", all, "");
  }
}
