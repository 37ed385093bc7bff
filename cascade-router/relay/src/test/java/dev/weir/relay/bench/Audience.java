package dev.weir.relay.bench;

import dev.weir.relay.LegEvent;
import dev.weir.relay.LegState.Phase;
import dev.weir.relay.load.SyntheticSubscriber;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.TrackType;

/** Many members with sound only through one relay: setup, CPU of its loop, memory. */
final class Audience {
  private Audience() {}

  static Map<String, Double> run(Path folder, int members, int seconds) throws Exception {
    Map<String, Double> figures = new LinkedHashMap<>();
    String of = "Members" + members;
    try (Pair sites = new Pair(folder)) {
      Set<String> identities = new TreeSet<>();
      for (int i = 0; i < members; i++) {
        identities.add("@p" + i + ":a:D");
      }
      for (String identity : identities) {
        sites.publisher(identity, false);
      }
      SyntheticSubscriber viewer = sites.viewer("view:audience");
      System.gc();
      double rss = Endurance.rssMib();
      long start = System.nanoTime();
      sites.relay(identities);
      Pair.until(
          120,
          () ->
              sites.engine.states().getFirst().members().stream()
                      .filter(member -> member.phase() == Phase.UP)
                      .count()
                  == members);
      figures.put("setupMillis" + of, (System.nanoTime() - start) / 1e6);
      Pair.until(
          60,
          () ->
              identities.stream().allMatch(id -> viewer.stream(id, TrackType.AUDIO).proven() > 0));
      figures.put("allHeardMillis" + of, (System.nanoTime() - start) / 1e6);
      long cpu = loopCpu();
      TimeUnit.SECONDS.sleep(seconds);
      figures.put("loopCpuPercent" + of, (loopCpu() - cpu) / 1e7 / seconds);
      System.gc();
      figures.put("memoryMib" + of, Endurance.rssMib() - rss);
      figures.put(
          "lostSessions" + of,
          (double) sites.events.stream().filter(LegEvent.SessionLost.class::isInstance).count());
    }
    return figures;
  }

  static long loopCpu() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (info != null && info.getThreadName().startsWith("bench-relay-")) {
        sum += threads.getThreadCpuTime(info.getThreadId());
      }
    }
    return sum;
  }
}
