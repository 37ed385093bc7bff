package dev.weir.relay.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoublePredicate;

/**
 * The bench of the relay. Options: {@code --seconds N} for each part (default 5), {@code
 * --publishers N} (default 10), {@code --json FILE}, {@code --only packet|servers}.
 */
public final class RelayBench {
  private RelayBench() {}

  private record Bar(String figure, String means, DoublePredicate holds, String wants) {}

  private static final Bar[] BARS = {
    new Bar(
        "inProcessPacketsPerCpuSecond",
        "relay thread, 1100 B, in process, packets per CPU second",
        value -> value >= 120_000,
        ">= 120000"),
    new Bar(
        "allocatedOutsideCipherPerPacket",
        "bytes allocated per packet outside the cipher",
        value -> Math.abs(value) < 1,
        "0"),
    new Bar(
        "socketPacketsPerCpuSecond",
        "real sockets on both sides, packets per CPU second",
        value -> value >= 60_000,
        ">= 60000"),
    new Bar(
        "relayToLivekitCpu",
        "CPU per packet, relay : livekit-server in + out",
        value -> value <= 0.4,
        "<= 0.4"),
    new Bar("transitP50Millis", "transit p50, ms (bucket bound)", value -> value <= 0.2, "<= 0.2"),
    new Bar("transitP99Millis", "transit p99, ms (bucket bound)", value -> value <= 5, "<= 5"),
    new Bar(
        "joinToFirstPacketMedianMillis",
        "track seen -> first forwarded packet, median ms",
        value -> value <= 500,
        "<= 500"),
  };

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    int seconds = Integer.parseInt(options.getOrDefault("--seconds", "5"));
    int publishers = Integer.parseInt(options.getOrDefault("--publishers", "10"));
    String only = options.getOrDefault("--only", "");
    Map<String, Double> figures = new TreeMap<>();
    if (!"servers".equals(only)) {
      figures.putAll(PacketCost.inProcess(seconds));
      figures.putAll(PacketCost.sockets(seconds));
    }
    if (!"packet".equals(only)) {
      Path folder = Files.createTempDirectory("weir-relay-bench");
      figures.putAll(SideBySide.run(folder, publishers, seconds));
    }
    print(figures);
    String json = options.get("--json");
    if (json != null) {
      Files.writeString(Path.of(json), json(figures));
    }
  }

  private static void print(Map<String, Double> figures) {
    System.out.printf("%-62s %12s  %-10s %s%n", "relay bench", "figure", "bar", "");
    for (Bar bar : BARS) {
      Double value = figures.get(bar.figure());
      if (value != null) {
        String verdict = bar.holds().test(value) ? "holds" : "MISSED";
        System.out.printf(
            Locale.ROOT, "%-62s %12.3f  %-10s %s%n", bar.means(), value, bar.wants(), verdict);
      }
    }
    figures.forEach((name, value) -> System.out.printf(Locale.ROOT, "  %s = %.3f%n", name, value));
  }

  private static String json(Map<String, Double> figures) {
    StringBuilder json = new StringBuilder("{");
    figures.forEach(
        (name, value) -> {
          json.append(json.length() > 1 ? ",\n  " : "\n  ");
          json.append('"').append(name).append("\": ");
          json.append(value.isNaN() ? "null" : String.format(Locale.ROOT, "%.4f", value));
        });
    return json.append("\n}\n").toString();
  }
}
