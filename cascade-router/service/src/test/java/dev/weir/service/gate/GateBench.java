package dev.weir.service.gate;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code ./weir bench gate}: the gate in a process of its own between clients and a node that
 * echoes. Memory is what the gate's process holds after a collection, with and without the idle
 * connections; latency is the round trip through the gate against the round trip without it, in the
 * same run, as the machine may be busy with other things.
 */
public final class GateBench {

  private static final int CONNECTIONS = 2_000;
  private static final int SECONDS = 8;
  private static final double BAR_KIB = 40;
  private static final double BAR_MILLIS = 5;

  private GateBench() {}

  /** First argument: the JSON file to write; or {@code gate URL} for the process under test. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 2 && arguments[0].equals("gate")) {
      serve(URI.create(arguments[1]));
      return;
    }
    Vertx vertx = Vertx.vertx();
    try {
      EchoNode node = new EchoNode(vertx);
      JsonObject figures = measure(vertx, node);
      print(figures);
      Path file = Path.of(arguments[0]);
      Files.writeString(file, figures.encodePrettily());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static JsonObject measure(Vertx vertx, EchoNode node) throws Exception {
    Process gate = start(node.url());
    try (BufferedReader out =
            new BufferedReader(
                new InputStreamReader(gate.getInputStream(), StandardCharsets.UTF_8));
        PrintStream in = new PrintStream(gate.getOutputStream(), true, StandardCharsets.UTF_8)) {
      int port = Integer.parseInt(answer(out));
      EchoClients few = new EchoClients(vertx, port);
      few.open(50);
      few.close();
      long heapBefore = ask(in, out, "memory");
      long residentBefore = resident(gate);
      EchoClients direct = new EchoClients(vertx, node.url().getPort());
      direct.open(CONNECTIONS);
      EchoClients through = new EchoClients(vertx, port);
      through.open(CONNECTIONS);
      long heapAfter = ask(in, out, "memory");
      long residentAfter = resident(gate);
      // Rounds take turns, so that what else the machine does falls on both alike.
      direct.talk(1);
      through.talk(1);
      Latencies without = new Latencies();
      Latencies with = new Latencies();
      for (int round = 0; round < SECONDS; round++) {
        without.add(direct.talk(1));
        with.add(through.talk(1));
      }
      return new JsonObject()
          .put("connections", CONNECTIONS)
          .put("kib_per_connection", (heapAfter - heapBefore) / 1024.0 / CONNECTIONS)
          .put("resident_kib_per_connection", (residentAfter - residentBefore) / CONNECTIONS)
          .put("direct_p50_ms", without.millis(0.5))
          .put("direct_p99_ms", without.millis(0.99))
          .put("gate_p50_ms", with.millis(0.5))
          .put("gate_p99_ms", with.millis(0.99))
          .put("added_p50_ms", with.millis(0.5) - without.millis(0.5))
          .put("added_p99_ms", with.millis(0.99) - without.millis(0.99))
          .put("bar_kib", BAR_KIB)
          .put("bar_added_p99_ms", BAR_MILLIS);
    } finally {
      gate.destroy();
    }
  }

  private static void print(JsonObject figures) {
    System.out.printf(
        "idle connection      %6.1f KiB heap and buffers (bar %.0f), %d KiB resident%n",
        figures.getDouble("kib_per_connection"),
        BAR_KIB,
        figures.getLong("resident_kib_per_connection"));
    System.out.printf(
        "round trip direct    p50 %.2f ms, p99 %.2f ms%n",
        figures.getDouble("direct_p50_ms"), figures.getDouble("direct_p99_ms"));
    System.out.printf(
        "round trip by gate   p50 %.2f ms, p99 %.2f ms%n",
        figures.getDouble("gate_p50_ms"), figures.getDouble("gate_p99_ms"));
    System.out.printf(
        "added at %d     p50 %.2f ms, p99 %.2f ms (bar %.0f)%n",
        CONNECTIONS,
        figures.getDouble("added_p50_ms"),
        figures.getDouble("added_p99_ms"),
        BAR_MILLIS);
  }

  private static Process start(URI node) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            GateBench.class.getName(),
            "gate",
            node.toString())
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** The process under test: says its port, then its memory as often as it is asked. */
  private static void serve(URI node) {
    GateSettings wide =
        new GateSettings(
            GateFixture.SETTINGS.hold(),
            GateFixture.SETTINGS.retryEvery(),
            GateFixture.SETTINGS.dial(),
            GateFixture.SETTINGS.firstConnection(),
            GateFixture.SETTINGS.rescue(),
            1_000_000,
            1_000_000,
            1_000_000);
    try (GateFixture gate = new GateFixture(wide);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      gate.places.node("n1", node);
      System.out.println("= " + gate.port());
      while (in.readLine() != null) {
        System.out.println("= " + Latencies.usedMemory());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long ask(PrintStream in, BufferedReader out, String question) throws IOException {
    in.println(question);
    return Long.parseLong(answer(out));
  }

  private static String answer(BufferedReader out) throws IOException {
    String line;
    while ((line = out.readLine()) != null) {
      if (line.startsWith("= ")) {
        return line.substring(2);
      }
    }
    throw new IOException("the gate's process ended");
  }

  private static long resident(Process process) throws IOException {
    List<String> status =
        Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"));
    return status.stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }
}
