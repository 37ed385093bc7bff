package dev.weir.service.delegation;

import com.sun.management.OperatingSystemMXBean;
import dev.weir.service.delegation.store.Databases;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import io.agroal.api.AgroalDataSource;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./weir bench delegation}: the router's delegation with its database file in a process of
 * its own, against a homeserver that counts, in another one. Every member is in a call of ten, and
 * its leave has a delay of ten seconds. Late is what the homeserver itself saw come after 90 % of
 * the delay; the router restarts at 80 %.
 */
public final class DelegationBench {
  private static final long DELAY = 10_000;
  private static final String ANSWER = "answer ";
  private static final int PEOPLE_IN_A_ROOM = 10;
  private static final String ROUNDS = "100x12,1000x12,3000x12,10000x120";

  private DelegationBench() {}

  /**
   * First argument: the JSON file to write; second, if any: the rounds, as jobs x seconds. Or
   * {@code router URL FOLDER} for the other process.
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 3 && arguments[0].equals("router")) {
      serve(URI.create(arguments[1]), Path.of(arguments[2]));
      return;
    }
    JsonArray rows = new JsonArray();
    System.out.printf(
        "%7s %6s %9s %6s %6s %12s %7s %9s %9s%n",
        "jobs", "s", "restarts", "late", "fired", "longest gap", "cores", "heap MiB", "RSS MiB");
    for (String round : (arguments.length > 1 ? arguments[1] : ROUNDS).split(",")) {
      String[] parts = round.split("x");
      JsonObject row = measure(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
      rows.add(row);
      System.out.printf(
          Locale.ROOT,
          "%7d %6d %9d %6d %6d %9d ms %7.2f %9d %9d%n",
          row.getInteger("jobs"),
          row.getInteger("seconds"),
          row.getInteger("restarts"),
          row.getInteger("late"),
          row.getInteger("fired"),
          row.getInteger("longest_gap_ms"),
          row.getDouble("cores"),
          row.getInteger("heap_mib"),
          row.getInteger("resident_mib"));
    }
    Files.writeString(
        Path.of(arguments[0]),
        new JsonObject().put("delay_ms", DELAY).put("rows", rows).encodePrettily());
  }

  private static JsonObject measure(int jobs, int seconds) throws Exception {
    Path folder = Files.createTempDirectory("weir-delegation-bench");
    Process homeserver = start(CountingHomeserver.class.getName());
    try (BufferedReader said = reader(homeserver)) {
      URI url = URI.create(said.readLine());
      control(url, "schedule?prefix=d&count=" + jobs + "&delay=" + 600_000);
      Process router =
          start(DelegationBench.class.getName(), "router", url.toString(), folder.toString());
      try (BufferedReader out = reader(router);
          PrintStream in =
              new PrintStream(router.getOutputStream(), true, StandardCharsets.UTF_8)) {
        in.println(jobs);
        answer(out);
        // All are in care, with their first beats spread: from now on it counts.
        control(url, "shorten?delay=" + DELAY);
        JsonObject before = new JsonObject(control(url, "report"));
        in.println("begin");
        answer(out);
        TimeUnit.SECONDS.sleep(seconds);
        in.println("end");
        JsonObject own = new JsonObject(answer(out));
        JsonObject report = new JsonObject(control(url, "report"));
        return own.put("jobs", jobs)
            .put("seconds", seconds)
            .put("restarts", report.getInteger("restarts") - before.getInteger("restarts"))
            .put("late", report.getInteger("late") - before.getInteger("late"))
            .put("longest_gap_ms", report.getInteger("longest_gap_ms"))
            .put("fired", report.getJsonObject("fates").getInteger("fired", 0))
            .put("resident_mib", resident(router) / 1024);
      } finally {
        router.destroyForcibly().waitFor();
      }
    } finally {
      homeserver.destroyForcibly().waitFor();
      try (var files = Files.walk(folder)) {
        for (Path each : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private static Process start(String... command) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path")));
    all.addAll(List.of(command));
    return new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What the process under test says; its log goes the same way. */
  private static void say(String what) {
    System.out.println(ANSWER + what);
  }

  private static String answer(BufferedReader out) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(ANSWER)) {
        return line.substring(ANSWER.length());
      }
    }
    throw new IOException("the router's process has ended");
  }

  private static String control(URI homeserver, String what)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create(homeserver + "/_fake/" + what)).build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    }
  }

  private static int resident(Process process) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToInt(Integer::parseInt)
        .findFirst()
        .orElse(0);
  }

  /** The process under test: takes delegations, then says what it has used. */
  private static void serve(URI homeserver, Path folder) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    FakeSfu sfu = new FakeSfu();
    AgroalDataSource database =
        Databases.open(
            "jdbc:h2:file:" + folder.resolve("jobs"), Optional.empty(), Optional.empty());
    try (Rig rig = new Rig(() -> Optional.of(homeserver), sfu, database)) {
      int jobs = Integer.parseInt(in.readLine());
      take(rig, sfu, jobs);
      while (rig.gauge("weir.delegation.jobs", "state", "connected") < jobs) {
        TimeUnit.MILLISECONDS.sleep(100);
      }
      // A whole beat, so that every job has found its own phase.
      TimeUnit.MILLISECONDS.sleep(DELAY);
      say("ready");
      in.readLine();
      OperatingSystemMXBean system =
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      long cpu = system.getProcessCpuTime();
      long began = System.nanoTime();
      double late = rig.count("weir.delegation.restarts.late");
      say("begun");
      in.readLine();
      double cores = (double) (system.getProcessCpuTime() - cpu) / (System.nanoTime() - began);
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      say(
          new JsonObject()
              .put("cores", cores)
              .put("sent_late", rig.count("weir.delegation.restarts.late") - late)
              .put("heap_mib", (int) ((runtime.totalMemory() - runtime.freeMemory()) >> 20))
              .encode());
      in.readLine();
    } finally {
      database.close();
    }
  }

  private static void take(Rig rig, FakeSfu sfu, int jobs) throws Exception {
    Semaphore atOnce = new Semaphore(32);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        int number = i;
        String room = "room" + number / PEOPLE_IN_A_ROOM;
        String user = "@u" + number + ":" + Rig.SITE;
        sfu.enter(room, Rig.identity(user, "D"), "PA_" + number);
        atOnce.acquire();
        all.add(
            threads.submit(
                () -> {
                  Delegation delegation =
                      new Delegation(
                          new JobKey(Rig.SITE, "!" + room, "m.call#ROOM", user, "D"),
                          "d" + number,
                          DELAY,
                          user,
                          Set.of(Rig.identity(user, "D")),
                          Set.of(room));
                  // The first ones come while the tables are being made.
                  while (rig.delegations().accept(delegation) != DelegationInbox.Outcome.STORED) {
                    Thread.onSpinWait();
                  }
                  atOnce.release();
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    }
  }
}
