package dev.weir.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.e2e.process.Processes;
import dev.weir.e2e.process.ProgramFailed;
import dev.weir.e2e.run.People;
import dev.weir.e2e.run.Stage;
import dev.weir.e2e.stack.HomeSite;
import dev.weir.e2e.stack.Homeservers;
import dev.weir.e2e.stack.HostedSite;
import dev.weir.e2e.stack.Ingress;
import dev.weir.e2e.stack.Secrets;
import dev.weir.e2e.stack.Toolbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Sites in a Kubernetes cluster, each in a namespace of its own with a release of the chart and a
 * pool of nodes, peered; and their homeservers and people on this machine.
 */
public final class ClusterStage implements Stage {
  private static final String KIND_FILE = "sfupools.weir.dev";
  private static final Duration START = Duration.ofMinutes(6);

  private final Settings settings;
  private final Path folder;
  private final Kubectl kubectl = new Kubectl();
  private final Secrets secrets = new Secrets();
  private final Processes processes;
  private final People people;
  private final List<ClusterSite> sites = new ArrayList<>();
  private final List<Ingress> ingresses = new ArrayList<>();

  /**
   * What a stage needs to know.
   *
   * @param chart the folder of the chart
   * @param addresses of this machine that pods reach
   * @param thrownAway the whole cluster goes afterwards, so nothing in it needs to be removed
   */
  public record Settings(
      Path chart, List<String> addresses, int nodesPerPool, String version, boolean thrownAway) {
    public static Settings of(Map<String, String> environment) {
      String home = environment.get("WEIR_HOME");
      String addresses = environment.get("WEIR_CLUSTER_ADDRESSES");
      if (home == null || addresses == null) {
        throw new ProgramFailed(
            "WEIR_HOME and WEIR_CLUSTER_ADDRESSES are not set: e2e/cluster/cluster.sh exec sets them");
      }
      return new Settings(
          Path.of(home, "charts", "weir"),
          List.of(addresses.split(" ")),
          2,
          environment.getOrDefault("LIVEKIT_VERSION", "v1.13.5"),
          environment.containsKey("WEIR_CLUSTER_THROWN_AWAY"));
    }
  }

  public ClusterStage(
      Toolbox tools, Path folder, int count, boolean peered, boolean headless, Settings settings) {
    this.settings = settings;
    this.folder = folder;
    this.people = new People(tools, folder, headless, secrets);
    this.processes = new Processes(folder.resolve("logs"));
    if (settings.addresses().size() < count) {
      throw new ProgramFailed("the cluster reaches " + settings.addresses().size() + " sites only");
    }
    try {
      List<HostedSite> hosted =
          Homeservers.start(
              processes, tools, folder, secrets, settings.addresses().subList(0, count));
      hosted.forEach(site -> sites.add(new ClusterSite(site)));
      sites.forEach(this::install);
      if (peered) {
        introduce();
      }
      sites.forEach(site -> awaitReady(site, peered));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void install(ClusterSite site) {
    boolean withKinds =
        !kubectl.tryKubectl("get", "crd", KIND_FILE).isGood() || isOurs(KIND_FILE, site);
    kubectl.apply("default", site.namespaceManifest());
    kubectl.helm(site.helmArguments(settings.chart().toString(), withKinds));
    kubectl.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd/" + KIND_FILE);
    kubectl.apply(
        site.namespace(), site.siteManifests(settings.nodesPerPool(), settings.version()));
    InetSocketAddress gate = new InetSocketAddress(clusterIp(site, "weir-gate"), 8080);
    InetSocketAddress router = new InetSocketAddress(clusterIp(site, "weir-router"), 8080);
    ingresses.add(
        new Ingress(
            new InetSocketAddress(
                site.hosted().address().ip(), site.hosted().address().routerPort()),
            () -> gate,
            () -> router));
  }

  private boolean isOurs(String definition, ClusterSite site) {
    return kubectl
        .json("get", "crd", definition)
        .at("/metadata/annotations")
        .path("meta.helm.sh/release-namespace")
        .asText()
        .equals(site.namespace());
  }

  private void introduce() {
    for (ClusterSite site : sites) {
      for (ClusterSite partner : sites) {
        if (partner != site) {
          kubectl.apply(site.namespace(), site.peerManifest(partner));
        }
      }
    }
  }

  private void awaitReady(ClusterSite site, boolean peered) {
    List<String> wanted =
        new ArrayList<>(List.of("homeserver/home", "sfupool/" + ClusterSite.POOL));
    if (peered) {
      wanted.add("sfupeer");
    }
    for (String object : wanted) {
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "wait",
                  "-n",
                  site.namespace(),
                  "--for=condition=Ready",
                  "--timeout=" + START.toSeconds() + "s",
                  object));
      if (!object.contains("/")) {
        arguments.add("--all");
      }
      Kubectl.Answer answer = kubectl.tryKubectl(arguments.toArray(String[]::new));
      if (!answer.isGood()) {
        throw new ProgramFailed(
            object
                + " of "
                + site.namespace()
                + " is not ready: "
                + answer.err().strip()
                + "\n"
                + picture(site));
      }
    }
    kubectl.kubectl(
        "rollout", "status", "-n", site.namespace(), "deployment/weir-gate", "--timeout=120s");
  }

  /** For a person who wants to know what is wrong. */
  String picture(ClusterSite site) {
    return kubectl
            .tryKubectl("get", "pods,hs,sfup,sfpeer", "-n", site.namespace(), "-o", "wide")
            .out()
        + kubectl
            .tryKubectl(
                "get",
                "hs,sfup,sfpeer",
                "-n",
                site.namespace(),
                "-o",
                "jsonpath={range .items[*]}{.kind}{\"/\"}{.metadata.name}{\"\\n\"}{range .status.conditions[*]}"
                    + "{\"  \"}{.type}={.status} {.message}{\"\\n\"}{end}{end}")
            .out();
  }

  private String clusterIp(ClusterSite site, String service) {
    return kubectl.kubectl(
        "get", "service", service, "-n", site.namespace(), "-o", "jsonpath={.spec.clusterIP}");
  }

  @Override
  public List<HostedSite> sites() {
    return sites.stream().map(ClusterSite::hosted).toList();
  }

  ClusterSite clusterSite(String name) {
    return sites.stream()
        .filter(site -> site.hosted().name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no site " + name));
  }

  Kubectl kubectl() {
    return kubectl;
  }

  @Override
  public People people() {
    return people;
  }

  @Override
  public Processes processes() {
    return processes;
  }

  @Override
  public Path logs() {
    return folder.resolve("logs");
  }

  @Override
  public long relayedBytes() {
    return sites.stream().mapToLong(this::relayedBytes).sum();
  }

  /** 0 while the site's router cannot be asked. */
  private long relayedBytes(ClusterSite site) {
    Kubectl.Answer answer =
        kubectl.tryKubectl(
            "get",
            "--raw",
            "/api/v1/namespaces/"
                + site.namespace()
                + "/services/weir-router:management/proxy/q/metrics");
    return answer
        .out()
        .lines()
        .filter(line -> line.startsWith("weir_relay_received_bytes_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .mapToLong(Math::round)
        .sum();
  }

  @Override
  public List<String> describe(HomeSite site) {
    String namespace = clusterSite(site.name()).namespace();
    return List.of(
        "homeserver  " + site.address().homeserverUrl() + " (on this machine)",
        "public URL  " + site.address().routerUrl(),
        "namespace   "
            + namespace
            + ", pool "
            + ClusterSite.POOL
            + ": "
            + String.join(", ", nodes(namespace)));
  }

  private List<String> nodes(String namespace) {
    List<String> nodes = new ArrayList<>();
    for (JsonNode node :
        kubectl.json("get", "sfup", ClusterSite.POOL, "-n", namespace).at("/status/nodes")) {
      nodes.add(node.path("name").asText() + " at " + node.path("address").asText());
    }
    return nodes;
  }

  /** What the pods said, beside the logs of this machine's programs. */
  void saveLogs() {
    for (ClusterSite site : sites) {
      Kubectl.Answer pods = kubectl.tryKubectl("get", "pods", "-n", site.namespace(), "-o", "name");
      for (String pod : pods.out().lines().toList()) {
        Path file = logs().resolve(site.namespace() + "-" + pod.replace("pod/", "") + ".log");
        try {
          Files.writeString(
              file, kubectl.tryKubectl("logs", "-n", site.namespace(), pod, "--tail=20000").out());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  @Override
  public void close() {
    people.close();
    if (!settings.thrownAway()) {
      remove();
    }
    ingresses.forEach(Ingress::close);
    processes.close();
    secrets.writeTo(folder);
  }

  /** Pools first, while their operators are there to empty and forget them. */
  private void remove() {
    for (ClusterSite site : sites) {
      kubectl.tryKubectl(
          "delete", "sfpeer,sfup,hs", "--all", "-n", site.namespace(), "--timeout=90s");
    }
    for (ClusterSite site : sites) {
      kubectl.tryKubectl("delete", "namespace", site.namespace(), "--timeout=90s");
    }
  }

  /** The names of a site's pods of one part: operator, router or gate. */
  List<String> pods(ClusterSite site, String component) {
    String names =
        kubectl.kubectl(
            "get",
            "pods",
            "-n",
            site.namespace(),
            "-l",
            "app.kubernetes.io/component=" + component,
            "-o",
            "jsonpath={.items[*].metadata.name}");
    return Stream.of(names.split(" ")).filter(name -> !name.isEmpty()).toList();
  }
}
