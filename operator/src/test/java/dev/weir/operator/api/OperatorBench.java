package dev.weir.operator.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.crds.Condition;
import dev.weir.crds.SfuPool;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * {@code ./weir bench operator}: how long pools take from apply to Programmed, what looking after
 * them costs against their number, that an idle operator writes nothing, and what the packaged
 * operator needs to start and to live. On a real API server, with routers that answer at once and
 * without pods.
 *
 * <p>Arguments: the JSON file to write, the number of pools (200), seconds to stay idle (300).
 */
public final class OperatorBench {
  private static final int NODES_A_POOL = 5;

  private OperatorBench() {}

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    int pools = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 200;
    int idle = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 300;
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int count : new int[] {Math.max(1, pools / 4), pools}) {
      Duration watched = Duration.ofSeconds(count == pools ? idle : Math.min(idle, 60));
      Map<String, Object> row = run(count, NODES_A_POOL, watched, true);
      row.forEach((name, value) -> System.out.printf("%-32s %s%n", name, value));
      System.out.println();
      rows.add(row);
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), rows);
    boolean quiet =
        rows.stream().allMatch(row -> java.util.Objects.equals(row.get("idle_writes"), 0L));
    if (!quiet) {
      System.err.println("weir: an idle operator wrote to the API server");
    }
    System.exit(quiet ? 0 : 1);
  }

  /** Applies {@code pools} pools of {@code replicas} nodes, and watches. */
  static Map<String, Object> run(int pools, int replicas, Duration idle, boolean packaged)
      throws IOException {
    Map<String, Long> applied = new ConcurrentHashMap<>();
    Map<String, Long> programmed = new ConcurrentHashMap<>();
    Map<String, Object> figures = new java.util.TreeMap<>();
    try (ApiServer server = ApiServer.start();
        KubernetesClient admin = server.client("admin")) {
      Kinds.install(admin);
      Kinds.namespace(admin, "bench");
      Kinds.site(admin, "bench");
      try (RunningOperator operator =
              new RunningOperator(
                  server.client("operator-as-admin"),
                  new FakeRouter(),
                  Duration.ofSeconds(10),
                  "bench");
          var watch =
              admin.resources(SfuPool.class).inNamespace("bench").watch(new Seen(programmed))) {
        long start = System.nanoTime();
        for (int i = 0; i < pools; i++) {
          String name = "p" + i;
          applied.put(name, System.nanoTime());
          admin.resource(Kinds.pool("bench", name, replicas, "v1.13.5")).create();
        }
        Awaitility.await().atMost(Duration.ofMinutes(5)).until(() -> programmed.size() == pools);
        double converged = seconds(System.nanoTime() - start);
        List<Double> times = new ArrayList<>();
        applied.forEach(
            (name, at) ->
                times.add(seconds(java.util.Objects.requireNonNull(programmed.get(name)) - at)));
        times.sort(null);
        settle(server);
        int before = server.requestsOf("operator-as-admin").size();
        long writesBefore = writes(server);
        long cpuBefore = cpu();
        long idleStart = System.nanoTime();
        Awaitility.await()
            .atMost(idle.plusMinutes(1))
            .pollInterval(Duration.ofSeconds(1))
            .until(() -> System.nanoTime() - idleStart > idle.toNanos());
        double idleSeconds = seconds(System.nanoTime() - idleStart);
        long cpu = cpu() - cpuBefore;
        figures.putAll(
            Map.of(
                "pools", pools,
                "nodes", pools * replicas,
                "converged_s", round(converged),
                "apply_to_programmed_p50_s", round(times.get(pools / 2)),
                "apply_to_programmed_p95_s", round(times.get(pools * 95 / 100)),
                "idle_s", round(idleSeconds),
                "idle_writes", writes(server) - writesBefore,
                "idle_requests", server.requestsOf("operator-as-admin").size() - before,
                "idle_cpu_ms_per_poll", round(cpu / 1e6 / (pools * idleSeconds / 10)),
                "idle_cpu_share", round(cpu / 1e9 / idleSeconds)));
      }
      if (packaged) {
        figures.putAll(PackagedOperator.figures(server));
      }
      return figures;
    }
  }

  private record Seen(Map<String, Long> programmed) implements Watcher<SfuPool> {
    @Override
    public void eventReceived(Action action, SfuPool pool) {
      boolean done =
          pool.getStatus() != null
              && pool.getStatus().conditions().stream()
                  .anyMatch(
                      c -> c.type().equals("Programmed") && c.status() == Condition.Status.TRUE);
      if (done) {
        programmed.putIfAbsent(((HasMetadata) pool).getMetadata().getName(), System.nanoTime());
      }
    }

    @Override
    public void onClose(WatcherException cause) {
      throw new IllegalStateException("the watch broke", cause);
    }
  }

  /** Until no write has come for two poll intervals. */
  private static void settle(ApiServer server) {
    long[] state = {writes(server), System.nanoTime()};
    Awaitility.await()
        .atMost(Duration.ofMinutes(5))
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              long now = writes(server);
              if (now != state[0]) {
                state[0] = now;
                state[1] = System.nanoTime();
              }
              return System.nanoTime() - state[1] > TimeUnit.SECONDS.toNanos(20);
            });
  }

  private static long writes(ApiServer server) {
    return server.requestsOf("operator-as-admin").stream()
        .filter(ApiServer.Request::writes)
        .count();
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  private static double round(double value) {
    return Math.round(value * 1000) / 1000.0;
  }
}
