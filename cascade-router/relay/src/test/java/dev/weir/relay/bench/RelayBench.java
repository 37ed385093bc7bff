package dev.weir.relay.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoublePredicate;

/**
 * The bench of the relay. Arguments: the JSON file, then {@code --seconds N} for each window
 * (default 5), {@code --publishers N} (default 8), {@code --cycles N} of changes (default 20; the
 * bar's is 100), {@code --soak SECONDS} (default 30; the bar's is 600), {@code --members
 * 10,50,100,300} (default 10,50), {@code --only packet,servers,changes,links,audience,soak}.
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
        "somebody joins: track seen -> first forwarded packet, ms",
        value -> value <= 500,
        "<= 500"),
    new Bar(
        "allAtOnceToFirstPacketMedianMillis",
        "the same when everybody joins at once, to a cold JVM",
        value -> value <= 500,
        "<= 500"),
    new Bar(
        "muteVisibleMedianMillis",
        "mute at a -> muted at b, median ms",
        value -> value <= 300,
        "<= 300"),
    new Bar(
        "layerUpMedianMillis",
        "wish for the best layer -> its first packet, median ms",
        value -> value <= 1000,
        "<= 1000"),
    new Bar(
        "unreadablePackets",
        "packets that no viewer could decrypt, in all changes",
        value -> value == 0,
        "0"),
    new Bar(
        "framesOfDirectViewer",
        "frames shown, of those that a direct viewer was shown",
        value -> value >= 0.95,
        ">= 0.95"),
    new Bar(
        "loss5FreezeBeyondBar",
        "5 % loss: freeze ratio beyond 1.2 x the direct viewer's",
        value -> value <= 0.005,
        "0"),
    new Bar(
        "rssSlopeMibPerMinute", "soak: MiB of memory a minute", value -> value <= 3, "flat (<= 3)"),
    new Bar("threadSlopePerMinute", "soak: threads a minute", value -> value <= 1, "flat (<= 1)"),
  };

  public static void main(String[] args) throws Exception {
    Options options = Options.of(args);
    int seconds = options.number("--seconds", 5);
    List<String> parts =
        List.of(
            options.text("--only", "packet,servers,changes,links,audience,soak").split(",", -1));
    Path folder = Files.createTempDirectory("weir-relay-bench");
    Map<String, Double> figures = new TreeMap<>();
    try {
      for (String part : parts) {
        System.out.println("measuring: " + part);
        switch (part) {
          case "packet" -> {
            figures.putAll(PacketCost.inProcess(seconds));
            figures.putAll(PacketCost.sockets(seconds));
          }
          case "servers" ->
              figures.putAll(SideBySide.run(folder, options.number("--publishers", 8), seconds));
          case "changes" ->
              figures.putAll(Endurance.changes(folder, options.number("--cycles", 20)));
          case "links" -> BadLinks.run(figures, folder, 2 * seconds);
          case "audience" -> {
            for (String members : options.text("--members", "10,50").split(",", -1)) {
              figures.putAll(Audience.run(folder, Integer.parseInt(members), seconds));
            }
          }
          case "soak" -> figures.putAll(Endurance.soak(folder, 4, options.number("--soak", 30)));
          default -> throw new IllegalArgumentException("no part " + part);
        }
      }
    } finally {
      // What was measured counts, also when a part fails.
      print(figures);
      options.write(figures);
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
}
