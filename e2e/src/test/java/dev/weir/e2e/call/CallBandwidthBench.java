package dev.weir.e2e.call;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.e2e.matrix.MatrixUser;
import dev.weir.e2e.run.CallView;
import dev.weir.e2e.run.Run;
import dev.weir.e2e.run.TemporaryFolder;
import dev.weir.e2e.stack.Site;
import dev.weir.e2e.stack.Toolbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What Element Call costs between two sites: alice talks at site a, V people with their cameras off
 * watch her from site b; with Weir, and as today with each of them at a's SFU. Bytes are those that
 * b's relay or b's clients received from a; the ratio is of bytes for each frame that a viewer
 * decoded. Arguments: the JSON file, then {@code --seconds N} and {@code --viewers 1,2}.
 */
public final class CallBandwidthBench {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration SETTLED = Duration.ofSeconds(12);

  private record Outcome(
      double bitsPerSecond, double framesPerSecond, String resolution, long firstMillis) {
    double bitsPerFrame() {
      return bitsPerSecond / framesPerSecond;
    }
  }

  /** Sums over the viewers. */
  private record Sample(long bytes, long frames) {}

  private final Run run;
  private final Site focus;
  private final Site home;
  private final boolean weir;

  private CallBandwidthBench(Run run, boolean weir) {
    this.run = run;
    this.focus = run.sites().getFirst();
    this.home = run.sites().get(1);
    this.weir = weir;
  }

  public static void main(String[] args) throws IOException {
    int seconds = 15;
    String[] viewers = {"1", "2"};
    for (int i = 1; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--seconds" -> seconds = Integer.parseInt(args[i + 1]);
        case "--viewers" -> viewers = args[i + 1].split(",", -1);
        default -> throw new IllegalArgumentException("no option " + args[i]);
      }
    }
    // One for all runs: the browsers' driver keeps the first one that it was given.
    Path folder = TemporaryFolder.create();
    try {
      Map<String, Object> figures = compare(folder, viewers, Duration.ofSeconds(seconds));
      new ObjectMapper()
          .writerWithDefaultPrettyPrinter()
          .writeValue(Path.of(args[0]).toFile(), figures);
    } finally {
      TemporaryFolder.remove(folder);
    }
  }

  private static Map<String, Object> compare(Path all, String[] viewers, Duration time)
      throws IOException {
    Map<String, Object> figures = new TreeMap<>();
    System.out.printf(
        "%3s %12s %12s %8s %8s %6s %6s %10s %10s %9s %9s%n",
        "V",
        "today b/s",
        "Weir b/s",
        "ratio",
        "bar",
        "fps",
        "fps",
        "today",
        "Weir",
        "1st, ms",
        "1st, ms");
    for (String word : viewers) {
      int count = Integer.parseInt(word);
      Outcome today = measured(all, count, false, time);
      Outcome weir = measured(all, count, true, time);
      double ratio = weir.bitsPerFrame() / today.bitsPerFrame();
      double bar = 1.4 / count + 0.03;
      System.out.printf(
          Locale.ROOT,
          "%3d %12.0f %12.0f %8.3f %8.3f %6.1f %6.1f %10s %10s %9d %9d %s%n",
          count,
          today.bitsPerSecond(),
          weir.bitsPerSecond(),
          ratio,
          bar,
          today.framesPerSecond(),
          weir.framesPerSecond(),
          today.resolution(),
          weir.resolution(),
          today.firstMillis(),
          weir.firstMillis(),
          ratio <= bar ? "holds" : "MISSED");
      figures.put("ratioV" + count, ratio);
      figures.put("todayV" + count, today);
      figures.put("weirV" + count, weir);
    }
    return figures;
  }

  private static Outcome measured(Path all, int viewers, boolean weir, Duration time)
      throws IOException {
    Path folder = Files.createTempDirectory(all, "run");
    try (Run run = new Run(Toolbox.of(System.getenv()), folder, 2, weir, true)) {
      return new CallBandwidthBench(run, weir).outcome(viewers, time);
    }
  }

  private Outcome outcome(int count, Duration time) {
    List<MatrixUser> users = new ArrayList<>();
    users.add(run.register("alice", focus));
    for (int i = 1; i <= count; i++) {
      users.add(run.register("viewer" + i, home));
    }
    String room = run.room(users);
    List<CallUser> people =
        users.stream().map(user -> run.seat(user, ElementCall.CURRENT)).toList();
    people.forEach(person -> person.open(room));
    people.getFirst().join();
    List<CallUser> viewers = people.subList(1, people.size());
    long slowest = 0;
    for (CallUser viewer : viewers) {
      long joins = System.nanoTime();
      viewer.join();
      require(
          viewer.await(PATIENCE, () -> viewer.media().framesDecoded() > 0),
          viewer.name() + " sees nobody");
      slowest = Math.max(slowest, (System.nanoTime() - joins) / 1_000_000);
      viewer.toggleCamera();
    }
    people.getFirst().pause(SETTLED);
    Sample before = sample(viewers);
    long began = System.nanoTime();
    people.getFirst().pause(time);
    Sample after = sample(viewers);
    double seconds = (System.nanoTime() - began) / 1e9;
    return new Outcome(
        (after.bytes() - before.bytes()) * 8 / seconds,
        (after.frames() - before.frames()) / seconds / count,
        viewers.getFirst().media().resolution(),
        slowest);
  }

  private Sample sample(List<CallUser> viewers) {
    List<CallView> views =
        viewers.stream().map(viewer -> CallView.of(viewer, run.sites())).toList();
    long bytes =
        weir
            ? home.router().relayedBytes()
            : views.stream().mapToLong(CallView::bytesFromOtherSites).sum();
    return new Sample(bytes, views.stream().mapToLong(view -> view.media().framesDecoded()).sum());
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
