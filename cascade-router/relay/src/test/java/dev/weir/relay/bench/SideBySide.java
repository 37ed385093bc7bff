package dev.weir.relay.bench;

import dev.weir.relay.LeaseGate;
import dev.weir.relay.LegCounters;
import dev.weir.relay.LegEvent;
import dev.weir.relay.LegListener;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegTarget;
import dev.weir.relay.PullGrant;
import dev.weir.relay.RelayEngine;
import dev.weir.relay.RelayEngines;
import dev.weir.relay.RelaySettings;
import dev.weir.relay.load.Clients;
import dev.weir.relay.load.LiveKitServer;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoQuality;

/**
 * The engine between two livekit-servers: CPU of its loop for each packet, beside the CPU of the
 * server that does in and out.
 */
final class SideBySide {
  private static final double TICKS = 100;
  private static final int WINDOWS = 3;
  private static final int LATE = 7;

  private SideBySide() {}

  static Map<String, Double> run(Path folder, int publishers, int seconds) throws Exception {
    List<LegEvent> events = new CopyOnWriteArrayList<>();
    LegListener listener =
        new LegListener() {
          @Override
          public void event(String legId, LegEvent event) {
            events.add(event);
          }
        };
    List<AutoCloseable> open = new ArrayList<>();
    try (LiveKitServer a = LiveKitServer.start(folder, "bench-a", false);
        LiveKitServer b = LiveKitServer.start(folder, "bench-b", false);
        Clients clients = new Clients();
        RelayEngine engine =
            RelayEngines.start(
                new RelaySettings(
                    1,
                    address -> true,
                    address -> true,
                    4 << 20,
                    java.time.Duration.ofSeconds(6),
                    "bench"),
                listener)) {
      Set<String> identities = new TreeSet<>();
      for (int i = 0; i < publishers; i++) {
        String identity = "@p" + i + ":a:D";
        identities.add(identity);
        open.add(publisher(clients, a, identity));
      }
      SyntheticSubscriber viewer =
          new SyntheticSubscriber(
              clients, b.url(), b.token("annex", "view:bench", "", "", Map.of(), true));
      viewer.up().get(20, TimeUnit.SECONDS);
      open.add(viewer);
      engine.open(spec(a, b, identities));
      TimeUnit.SECONDS.sleep(6);
      for (String identity : identities) {
        viewer.view(viewer.track(identity, TrackType.VIDEO).getSid(), true, VideoQuality.HIGH);
      }
      TimeUnit.SECONDS.sleep(4);
      List<Map<String, Double>> windows = new ArrayList<>();
      for (int i = 0; i < WINDOWS; i++) {
        windows.add(measure(engine, viewer, b.pid(), seconds));
      }
      Map<String, Double> figures = medians(windows);
      figures.putAll(firstPackets("allAtOnce", events, identities));
      Set<String> late = new TreeSet<>();
      for (int i = 0; i < LATE; i++) {
        String identity = "@late" + i + ":a:D";
        late.add(identity);
        identities.add(identity);
        open.add(publisher(clients, a, identity));
        engine.open(spec(a, b, identities));
        Pair.until(
            20, () -> events.stream().filter(event -> isFirst(event, identity)).count() == 2);
      }
      figures.putAll(firstPackets("join", events, late));
      for (AutoCloseable each : open) {
        each.close();
      }
      return figures;
    }
  }

  private static SyntheticPublisher publisher(Clients clients, LiveKitServer a, String identity)
      throws Exception {
    SyntheticPublisher publisher =
        new SyntheticPublisher(
            clients, a.url(), a.token("bench", identity, "", "", Map.of(), false), true);
    publisher.up().get(20, TimeUnit.SECONDS);
    publisher.ignoreDemand();
    return publisher;
  }

  /** Of the sound or the picture. */
  private static boolean isFirst(LegEvent event, String identity) {
    return event instanceof LegEvent.FirstPacket first && first.identity().equals(identity);
  }

  /** Relay and server are measured in the same windows; the middle one of each figure counts. */
  private static Map<String, Double> medians(List<Map<String, Double>> windows) {
    Map<String, Double> medians = new LinkedHashMap<>();
    for (String figure : windows.getFirst().keySet()) {
      List<Double> sorted = windows.stream().map(window -> window.get(figure)).sorted().toList();
      medians.put(figure, sorted.get(sorted.size() / 2));
    }
    return medians;
  }

  private static LegSpec spec(LiveKitServer a, LiveKitServer b, Set<String> identities) {
    LegTarget target =
        new LegTarget(
            "annex",
            b.url(),
            "annex",
            identities,
            member -> b.token("annex", member.identity(), "", "", Map.of(), false),
            LeaseGate.open());
    return new LegSpec(
        "bench",
        1,
        () ->
            CompletableFuture.completedFuture(
                new PullGrant(
                    a.url(),
                    List.of(
                        a.pullToken("bench", "pull-l"),
                        a.pullToken("bench", "pull-m"),
                        a.pullToken("bench", "pull-h")),
                    Instant.now().plusSeconds(600))),
        List.of(target));
  }

  private static Map<String, Double> measure(
      RelayEngine engine, SyntheticSubscriber viewer, long serverPid, int seconds)
      throws Exception {
    long relayCpu = Audience.loopCpu();
    double serverCpu = processCpu(serverPid);
    LegCounters before = engine.states().getFirst().counters();
    long seenBefore = seen(viewer);
    TimeUnit.SECONDS.sleep(seconds);
    LegCounters after = engine.states().getFirst().counters();
    double relaySeconds = (Audience.loopCpu() - relayCpu) / 1e9;
    double serverSeconds = processCpu(serverPid) - serverCpu;
    long relayed = packets(after.out()) - packets(before.out());
    long delivered = seen(viewer) - seenBefore;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("relayedPacketsPerSecond", (double) relayed / seconds);
    figures.put("relayCpuMicrosPerPacket", 1e6 * relaySeconds / relayed);
    // The server takes what the relay sends and gives a viewer what it shows: half of each pair is
    // one direction.
    double pairs = (relayed + delivered) / 2.0;
    figures.put("livekitCpuMicrosPerInAndOut", 1e6 * serverSeconds / pairs);
    figures.put("relayToLivekitCpu", 1e6 * relaySeconds / relayed / (1e6 * serverSeconds / pairs));
    figures.put("transitP50Millis", percentile(before.transit(), after.transit(), 0.50));
    figures.put("transitP99Millis", percentile(before.transit(), after.transit(), 0.99));
    return figures;
  }

  private static long packets(List<LegCounters.Flow> flows) {
    return flows.stream().mapToLong(LegCounters.Flow::packets).sum();
  }

  private static long seen(SyntheticSubscriber viewer) {
    return viewer.streams().values().stream().mapToLong(SyntheticSubscriber.Stream::packets).sum();
  }

  private static double processCpu(long pid) throws Exception {
    String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
    String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(words[11]) + Long.parseLong(words[12])) / TICKS;
  }

  /** The upper bound of the bucket in which the share lies. */
  private static double percentile(
      LegCounters.Transit before, LegCounters.Transit after, double share) {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < after.counts().size(); i++) {
      counts.add(after.counts().get(i) - before.counts().get(i));
    }
    long total = counts.stream().mapToLong(Long::longValue).sum();
    long seen = 0;
    for (int i = 0; i < counts.size(); i++) {
      seen += counts.get(i);
      if (seen >= share * total) {
        int bound = Math.min(i, after.upperBoundsNanos().size() - 1);
        return after.upperBoundsNanos().get(bound) / 1e6;
      }
    }
    return Double.NaN;
  }

  private static Map<String, Double> firstPackets(
      String what, List<LegEvent> events, Set<String> of) {
    List<Long> millis =
        events.stream()
            .filter(LegEvent.FirstPacket.class::isInstance)
            .map(LegEvent.FirstPacket.class::cast)
            .filter(first -> of.contains(first.identity()))
            .map(first -> first.after().toMillis())
            .sorted()
            .toList();
    if (millis.isEmpty()) {
      return Map.of();
    }
    return Map.of(
        what + "ToFirstPacketMedianMillis", (double) millis.get(millis.size() / 2),
        what + "ToFirstPacketWorstMillis", (double) millis.getLast());
  }
}
