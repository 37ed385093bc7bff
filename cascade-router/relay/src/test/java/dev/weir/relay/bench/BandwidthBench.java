package dev.weir.relay.bench;

import dev.weir.relay.LegCounters;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.TrackType;

/**
 * What crosses between two sites for V viewers of one 720p publisher: with the relay, and as today
 * with each viewer at the publisher's server. Bytes are counted by the link itself, and what the
 * encoder makes by the publisher; the ratio is of bytes for each frame that a viewer was shown.
 * Arguments: the JSON file, then {@code --seconds N} and {@code --viewers 1,2,5,10}.
 */
public final class BandwidthBench {
  private static final String ALICE = "@alice:a:D";

  private record Outcome(
      double bitsPerSecond, long firstMillis, double frames, int width, long odd) {
    double bitsPerFrame() {
      return bitsPerSecond / frames;
    }
  }

  private BandwidthBench() {}

  public static void main(String[] args) throws Exception {
    Options options = Options.of(args);
    int seconds = options.number("--seconds", 8);
    Path folder = Files.createTempDirectory("weir-bandwidth-bench");
    Map<String, Double> figures = new TreeMap<>();
    System.out.printf(
        "%3s %12s %12s %8s %8s %7s %7s %9s %9s %6s%n",
        "V", "direct b/s", "relay b/s", "ratio", "bar", "fps", "fps", "1st frame", "1st frame", "");
    boolean holds = true;
    for (String word : options.text("--viewers", "1,2,5,10").split(",", -1)) {
      int viewers = Integer.parseInt(word);
      Outcome direct = run(folder, viewers, false, seconds, figures);
      Outcome relay = run(folder, viewers, true, seconds, figures);
      // Both were shown the same picture, but a busy machine does not show both as often.
      double ratio = relay.bitsPerFrame() / direct.bitsPerFrame();
      double bar = 1.4 / viewers + 0.03;
      boolean good =
          ratio <= bar
              && relay.odd() == 0
              && relay.width() == direct.width()
              && relay.frames() >= 0.9 * direct.frames();
      holds &= good;
      System.out.printf(
          Locale.ROOT,
          "%3d %12.0f %12.0f %8.3f %8.3f %7.1f %7.1f %9d %9d %6s%n",
          viewers,
          direct.bitsPerSecond(),
          relay.bitsPerSecond(),
          ratio,
          bar,
          direct.frames(),
          relay.frames(),
          direct.firstMillis(),
          relay.firstMillis(),
          good ? "holds" : "MISSED");
      figures.put("ratioV" + viewers, ratio);
      figures.put("directBitsPerSecondV" + viewers, direct.bitsPerSecond());
      figures.put("relayBitsPerSecondV" + viewers, relay.bitsPerSecond());
      figures.put("directFirstFrameMillisV" + viewers, (double) direct.firstMillis());
      figures.put("relayFirstFrameMillisV" + viewers, (double) relay.firstMillis());
    }
    double idle = withoutViewers(folder, seconds);
    figures.put("videoPacketsPerSecondWithoutViewers", idle);
    System.out.printf(
        Locale.ROOT,
        "media packets a second that cross without a viewer and with the sound muted: %.0f (bar 0) %s%n",
        idle,
        idle == 0 ? "holds" : "MISSED");
    System.out.println(holds && idle == 0 ? "all bars hold" : "a bar is MISSED");
    options.write(figures);
  }

  private static Outcome run(
      Path folder, int count, boolean relayed, int seconds, Map<String, Double> figures)
      throws Exception {
    try (Pair sites = new Pair(folder)) {
      SyntheticPublisher alice = sites.publisher(ALICE, true);
      List<SyntheticSubscriber> viewers = new ArrayList<>();
      if (relayed) {
        sites.relay(Set.of(ALICE));
      }
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        viewers.add(relayed ? sites.viewer("view:" + i) : sites.direct("view:" + i));
      }
      Pair.until(
          30,
          () ->
              viewers.stream()
                  .allMatch(v -> v.stream(ALICE, TrackType.VIDEO).playOut().shown() > 0));
      long first = (System.nanoTime() - start) / 1_000_000;
      Pair.watchBest(viewers, ALICE);
      TimeUnit.SECONDS.sleep(3);
      long bytes = sites.link.bytesDown();
      long shown = shown(viewers);
      long[] encoded = encoded(alice);
      TimeUnit.SECONDS.sleep(seconds);
      double bits = (sites.link.bytesDown() - bytes) * 8.0 / seconds;
      double frames = (double) (shown(viewers) - shown) / seconds / count;
      long[] after = encoded(alice);
      for (int layer = 0; layer < 3; layer++) {
        figures.put(
            (relayed ? "relay" : "direct") + "EncodedPacketsLayer" + layer + "V" + count,
            (double) (after[layer] - encoded[layer]) / seconds);
      }
      int width =
          viewers.stream()
              .mapToInt(v -> v.stream(ALICE, TrackType.VIDEO).width())
              .min()
              .orElseThrow();
      long odd =
          viewers.stream()
              .flatMap(v -> v.streams().values().stream())
              .mapToLong(SyntheticSubscriber.Stream::strange)
              .sum();
      return new Outcome(bits, first, frames, width, odd);
    }
  }

  /** Media packets a second that cross while nobody is there and the microphone is muted. */
  private static double withoutViewers(Path folder, int seconds) throws Exception {
    try (Pair sites = new Pair(folder)) {
      SyntheticPublisher alice = sites.publisher(ALICE, true);
      sites.relay(Set.of(ALICE));
      alice.mute(false, true);
      TimeUnit.SECONDS.sleep(8);
      long before = packets(sites);
      TimeUnit.SECONDS.sleep(seconds);
      if (alice.isLost()) {
        throw new IllegalStateException("the publisher was lost");
      }
      return (double) (packets(sites) - before) / seconds;
    }
  }

  private static long packets(Pair sites) {
    return sites.engine.states().getFirst().counters().in().stream()
        .mapToLong(LegCounters.Flow::packets)
        .sum();
  }

  private static long shown(List<SyntheticSubscriber> viewers) {
    return viewers.stream()
        .mapToLong(v -> v.stream(ALICE, TrackType.VIDEO).playOut().shown())
        .sum();
  }

  private static long[] encoded(SyntheticPublisher publisher) {
    return new long[] {publisher.packets(0), publisher.packets(1), publisher.packets(2)};
  }
}
