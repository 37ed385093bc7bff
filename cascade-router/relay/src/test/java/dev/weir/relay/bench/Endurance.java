package dev.weir.relay.bench;

import dev.weir.relay.load.PlayOut;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoQuality;

/** What may only show after many changes, or after a long time. */
final class Endurance {
  private static final String ALICE = "@alice:a:D";

  private Endurance() {}

  /** Mutes, layer switches, joins and leaves: how long they take, and what of it cannot be read. */
  static Map<String, Double> changes(Path folder, int cycles) throws Exception {
    Map<String, Double> figures = new LinkedHashMap<>();
    try (Pair sites = new Pair(folder)) {
      SyntheticPublisher alice = sites.publisher(ALICE, true);
      SyntheticSubscriber bob = sites.viewer("view:bob");
      SyntheticSubscriber direct = sites.direct("view:carol");
      sites.relay(Set.of(ALICE));
      Pair.watchBest(List.of(bob, direct), ALICE);
      PlayOut picture = bob.stream(ALICE, TrackType.VIDEO).playOut();
      PlayOut other = direct.stream(ALICE, TrackType.VIDEO).playOut();
      // From here on: who joined first has seen more until now.
      long before = picture.shown();
      long otherBefore = other.shown();
      List<Long> mutes = new ArrayList<>();
      List<Long> ups = new ArrayList<>();
      for (int i = 0; i < cycles; i++) {
        boolean video = i % 2 == 0;
        TrackType type = video ? TrackType.VIDEO : TrackType.AUDIO;
        alice.mute(video, true);
        mutes.add(Pair.until(10, () -> bob.track(ALICE, type).getMuted()));
        alice.mute(video, false);
        Pair.until(10, () -> !bob.track(ALICE, type).getMuted());
      }
      String sid = bob.track(ALICE, TrackType.VIDEO).getSid();
      for (int i = 0; i < cycles / 2; i++) {
        bob.view(sid, true, VideoQuality.LOW);
        Pair.until(10, () -> bob.stream(ALICE, TrackType.VIDEO).layer() == 0);
        bob.view(sid, true, VideoQuality.HIGH);
        ups.add(Pair.until(10, () -> bob.stream(ALICE, TrackType.VIDEO).layer() == 2));
      }
      for (int i = 0; i < cycles / 5; i++) {
        SyntheticSubscriber guest = sites.viewer("view:guest" + i);
        Pair.until(10, () -> guest.stream(ALICE, TrackType.VIDEO).proven() > 0);
        guest.close();
        figures.merge("unreadablePackets", (double) unreadable(guest), Double::sum);
      }
      figures.merge("unreadablePackets", (double) unreadable(bob), Double::sum);
      figures.put(
          "framesOfDirectViewer",
          (double) (picture.shown() - before) / (other.shown() - otherBefore));
      figures.put("muteVisibleMedianMillis", median(mutes));
      figures.put("layerUpMedianMillis", median(ups));
      figures.put("frozenAtMostMillis", (double) picture.longestFreezeMillis());
    }
    return figures;
  }

  private static long unreadable(SyntheticSubscriber viewer) {
    return viewer.streams().values().stream().mapToLong(SyntheticSubscriber.Stream::strange).sum();
  }

  static double median(List<Long> values) {
    List<Long> sorted = values.stream().sorted().toList();
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }

  /** Memory and threads of this process, which holds the relay and its load, while media flows. */
  static Map<String, Double> soak(Path folder, int publishers, int seconds) throws Exception {
    Map<String, Double> figures = new LinkedHashMap<>();
    try (Pair sites = new Pair(folder)) {
      Set<String> identities = new java.util.TreeSet<>();
      for (int i = 0; i < publishers; i++) {
        identities.add("@p" + i + ":a:D");
      }
      for (String identity : identities) {
        sites.publisher(identity, true);
      }
      SyntheticSubscriber viewer = sites.viewer("view:soak");
      sites.relay(identities);
      for (String identity : identities) {
        Pair.watchBest(List.of(viewer), identity);
      }
      // The heap grows to its working size first; that is not what a leak looks like.
      TimeUnit.SECONDS.sleep(Math.min(60, Math.max(5, seconds / 4)));
      List<double[]> samples = new ArrayList<>();
      long start = System.nanoTime();
      long end = start + TimeUnit.SECONDS.toNanos(seconds);
      while (System.nanoTime() < end) {
        System.gc();
        double minutes = (System.nanoTime() - start) / 60e9;
        samples.add(
            new double[] {minutes, rssMib(), ManagementFactory.getThreadMXBean().getThreadCount()});
        TimeUnit.MILLISECONDS.sleep(Math.max(500, 1000L * seconds / 40));
      }
      figures.put("soakSeconds", (double) seconds);
      figures.put("rssMib", samples.getLast()[1]);
      figures.put("rssSlopeMibPerMinute", slope(samples, 1));
      figures.put("threadSlopePerMinute", slope(samples, 2));
    }
    return figures;
  }

  static double rssMib() throws java.io.IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
      }
    }
    throw new java.io.IOException("no VmRSS");
  }

  /** Least squares. */
  private static double slope(List<double[]> samples, int of) {
    double meanX = samples.stream().mapToDouble(s -> s[0]).average().orElse(0);
    double meanY = samples.stream().mapToDouble(s -> s[of]).average().orElse(0);
    double up = 0;
    double down = 0;
    for (double[] sample : samples) {
      up += (sample[0] - meanX) * (sample[of] - meanY);
      down += (sample[0] - meanX) * (sample[0] - meanX);
    }
    return down == 0 ? 0 : up / down;
  }
}
