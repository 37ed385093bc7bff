package dev.weir.service.contract;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.service.ports.FreePorts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * {@code ./weir bench token [REPLICAS [REQUESTS]]}: packaged routers between clients and fakes of
 * homeserver (TLS) and SFU, on the same machine. CPU is that of the routers' processes alone, by
 * the kernel's count, so it says little about what else the machine was doing. The Go service that
 * is deployed today cannot be had everywhere: the ratio is against the 0.75 to 0.9 ms that were
 * measured of it on such a machine.
 */
public final class TokenBench implements AutoCloseable {
  private static final int AT_ONCE = 64;
  private static final int USERS = 4_000;

  /** Of each replica, in each run: fewer would measure how long a JVM takes to warm up. */
  private static final int REQUESTS = 36_000;

  private static final int RUNS = 3;
  private static final double GO_MILLIS_LOW = 0.75;
  private static final double GO_MILLIS_HIGH = 0.9;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FakeHomeserver home;
  private final FakeSfu sfu;
  private final Keys keys = new Keys();
  private final Path folder;
  private final List<byte[]> bodies = new ArrayList<>();
  private final List<RouterProcess> running = new ArrayList<>();

  private TokenBench(Path folder) throws IOException {
    this.folder = folder;
    this.home = new FakeHomeserver(keys);
    this.sfu = new FakeSfu();
    for (int user = 0; user < USERS; user++) {
      String name = "user" + user;
      bodies.add(
          Bodies.getToken(
                  "!room" + user % 200 + ":x",
                  Bodies.openId(home.openId(name), home.name()),
                  home.user(name),
                  "")
              .getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Arguments: the JSON file to write; how many replicas; how many requests a run. */
  public static void main(String[] arguments) throws Exception {
    int replicas = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
    int requests = arguments.length > 2 ? Integer.parseInt(arguments[2]) : REQUESTS * replicas;
    try (TokenBench bench = new TokenBench(Files.createTempDirectory("weir-bench-token"))) {
      bench.measure(Path.of(arguments[0]), replicas, requests);
    }
  }

  private void measure(Path file, int replicas, int requests) throws Exception {
    ObjectNode figures = JSON.createObjectNode().put("replicas", replicas);
    start(figures);
    load(figures, replicas, requests);
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(figures));
    figures
        .properties()
        .forEach(figure -> System.out.printf("  %-40s %s%n", figure.getKey(), figure.getValue()));
  }

  @Override
  public void close() {
    running.forEach(RouterProcess::close);
    home.close();
    sfu.close();
  }

  private record Started(RouterProcess router, double seconds) {}

  private Started start(String name, int replica, List<Integer> cluster, List<String> jvm)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    int port = FreePorts.next();
    Map<String, String> env = new HashMap<>();
    env.put("LIVEKIT_URL", sfu.url());
    env.put("LIVEKIT_KEY", "devkey");
    env.put("LIVEKIT_SECRET", "a-secret-of-the-benchmark-0123456789");
    env.put("LIVEKIT_JWT_BIND", "127.0.0.1:" + port);
    env.put("LIVEKIT_FULL_ACCESS_HOMESERVERS", home.name());
    if (cluster.size() > 1) {
      env.put("WEIR_CLUSTER_ADDRESS", "127.0.0.1:" + cluster.get(replica));
      env.put(
          "WEIR_CLUSTER_MEMBERS",
          String.join(",", cluster.stream().map(member -> "127.0.0.1:" + member).toList()));
    }
    List<String> all = new ArrayList<>(Deployment.trusting(keys, own));
    all.addAll(jvm);
    long since = System.nanoTime();
    RouterProcess router = RouterProcess.startPlain(own, port, env, all);
    running.add(router);
    router.awaitReady();
    return new Started(router, (System.nanoTime() - since) / 1e9);
  }

  /** Time to ready and idle memory, without and with the JDK's cache of loaded classes. */
  private void start(ObjectNode figures) throws Exception {
    Path cache = folder.resolve("router.aot");
    measureStart(figures, "plain", List.of());
    Started training = start("training", 0, List.of(), List.of("-XX:AOTCacheOutput=" + cache));
    training.router().askToStop();
    training.router().awaitEnd();
    if (Files.exists(cache)) {
      measureStart(figures, "aot_cache", List.of("-XX:AOTCache=" + cache));
    }
  }

  private void measureStart(ObjectNode figures, String name, List<String> jvm) throws Exception {
    double[] seconds = new double[RUNS];
    double[] cpu = new double[RUNS];
    double[] resident = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      Started started = start("start", 0, List.of(), jvm);
      try (RouterProcess router = started.router()) {
        seconds[i] = started.seconds();
        cpu[i] = cpuMillis(router.pid()) / 1000;
        Thread.sleep(2_000);
        resident[i] = residentMib(router.pid());
      }
    }
    figures.put("start_seconds_" + name, median(seconds));
    figures.put("start_cpu_seconds_" + name, median(cpu));
    figures.put("idle_rss_mib_" + name, median(resident));
  }

  private void load(ObjectNode figures, int replicas, int requests) throws Exception {
    List<Integer> cluster = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      cluster.add(FreePorts.next());
    }
    List<RouterProcess> routers = new ArrayList<>();
    for (int i = 0; i < replicas; i++) {
      routers.add(start("replica" + i, i, cluster, List.of()).router());
    }
    // Cold, they would keep a crowd waiting for longer than a homeserver may take to answer.
    System.out.println("  warming up");
    ask(routers, requests / 12, replicas);
    ask(routers, requests, AT_ONCE);
    double[] perSecond = new double[RUNS];
    double[] cpu = new double[RUNS];
    double[] middle = new double[RUNS];
    double[] slow = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      System.out.printf("  run %d of %d: %d requests%n", i + 1, RUNS, requests);
      double before = cpu(routers);
      long since = System.nanoTime();
      double[] millis = ask(routers, requests, AT_ONCE);
      perSecond[i] = millis.length / ((System.nanoTime() - since) / 1e9);
      cpu[i] = (cpu(routers) - before) / millis.length;
      Arrays.sort(millis);
      middle[i] = millis[millis.length / 2];
      slow[i] = millis[millis.length * 99 / 100];
    }
    double[] resident = new double[replicas];
    for (int i = 0; i < replicas; i++) {
      resident[i] = residentMib(routers.get(i).pid());
      routers.get(i).close();
    }
    figures.put("requests_per_second", median(perSecond));
    figures.put("p50_ms", median(middle));
    figures.put("p99_ms", median(slow));
    figures.put("cpu_ms_per_request", median(cpu));
    ArrayNode ratio = figures.putArray("cpu_ratio_to_the_go_service");
    ratio.add(median(cpu) / GO_MILLIS_HIGH).add(median(cpu) / GO_MILLIS_LOW);
    figures.put("rss_mib_under_load", median(resident));
  }

  /** Clients with an address of their own each; returns the milliseconds of each request. */
  private double[] ask(List<RouterProcess> routers, int count, int atOnce) throws Exception {
    AtomicInteger next = new AtomicInteger();
    double[] millis = new double[count];
    List<Callable<Integer>> clients = new ArrayList<>();
    for (int client = 0; client < atOnce; client++) {
      int number = client;
      clients.add(
          () -> {
            RouterProcess router = routers.get(number % routers.size());
            int done = 0;
            try (Line line = new Line(router.port(), "127.1." + number + ".1")) {
              for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                long since = System.nanoTime();
                line.ask("POST", "/get_token", Map.of(), bodies.get(i * 7 % USERS)).isOk();
                millis[i] = (System.nanoTime() - since) / 1e6;
                done++;
              }
            }
            return done;
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
      for (var client : threads.invokeAll(clients)) {
        var unused = client.get();
      }
    }
    return millis;
  }

  private static double cpu(List<RouterProcess> routers) throws IOException {
    double sum = 0;
    for (RouterProcess router : routers) {
      sum += cpuMillis(router.pid());
    }
    return sum;
  }

  /** User and system time of a process; the kernel counts in hundredths of a second. */
  private static double cpuMillis(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return 10.0 * (Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
  }

  private static double residentMib(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    return 0;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return Math.round(sorted[sorted.length / 2] * 1000) / 1000.0;
  }
}
