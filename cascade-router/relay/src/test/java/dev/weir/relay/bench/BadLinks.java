package dev.weir.relay.bench;

import dev.weir.relay.load.FaultyLink.Fault;
import dev.weir.relay.load.PlayOut;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels.TrackType;

/**
 * Pictures and sound over a bad link, through the relay and beside it by a direct viewer under the
 * same fault at the same time.
 */
final class BadLinks {
  private static final String ALICE = "@alice:a:D";

  private BadLinks() {}

  static void run(Map<String, Double> figures, Path folder, int seconds) throws Exception {
    try (Pair sites = new Pair(folder)) {
      SyntheticPublisher alice = sites.publisher(ALICE, true);
      SyntheticSubscriber relayed = sites.viewer("view:bob");
      SyntheticSubscriber direct = sites.direct("view:carol");
      sites.relay(java.util.Set.of(ALICE));
      Pair.watchBest(List.of(relayed, direct), ALICE);
      under(figures, "noFault", new Fault(0, 0, 0, 10, 0, 0), sites, relayed, direct, seconds);
      under(figures, "loss1", Fault.loss(0.01), sites, relayed, direct, seconds);
      under(figures, "loss5", Fault.loss(0.05), sites, relayed, direct, seconds);
      under(figures, "loss10", Fault.loss(0.10), sites, relayed, direct, seconds);
      under(figures, "reordering", Fault.reordering(0.1, 30), sites, relayed, direct, seconds);
      double frozen = figures.getOrDefault("loss5FreezeRatio", Double.NaN);
      double limit = 1.2 * figures.getOrDefault("loss5FreezeRatioDirect", Double.NaN);
      figures.put("loss5FreezeBeyondBar", Math.max(0, frozen - limit));
      if (alice.isLost()) {
        throw new IllegalStateException("the publisher was lost");
      }
    }
    try (Pair sites = new Pair(folder)) {
      SyntheticPublisher alice = sites.publisher(ALICE, true);
      SyntheticSubscriber relayed = sites.viewer("view:bob");
      sites.relay(java.util.Set.of(ALICE));
      Pair.watchBest(List.of(relayed), ALICE);
      sites.link.be(Fault.bottleneck(500_000));
      PlayOut picture = relayed.stream(ALICE, TrackType.VIDEO).playOut();
      long down = Pair.until(30, () -> relayed.stream(ALICE, TrackType.VIDEO).layer() == 0);
      long before = picture.shown();
      long moving = Pair.until(30, () -> picture.shown() > before + 30);
      figures.put("bottleneckToLowLayerMillis", (double) down);
      figures.put("bottleneckToMovingPictureMillis", (double) (down + moving));
      long stopped = Pair.until(30, () -> !alice.wanted(2) && !alice.wanted(1));
      figures.put("bottleneckToEncoderStoppedMillis", (double) (down + moving + stopped));
      sites.link.be(Fault.NONE);
      long healed = Pair.until(60, () -> relayed.stream(ALICE, TrackType.VIDEO).layer() == 2);
      figures.put("bottleneckHealedMillis", (double) healed);
    }
  }

  private static void under(
      Map<String, Double> figures,
      String name,
      Fault fault,
      Pair sites,
      SyntheticSubscriber relayed,
      SyntheticSubscriber direct,
      int seconds)
      throws Exception {
    sites.link.be(fault);
    TimeUnit.SECONDS.sleep(2);
    PlayOut[] outs = {
      relayed.stream(ALICE, TrackType.VIDEO).playOut(),
      direct.stream(ALICE, TrackType.VIDEO).playOut(),
      relayed.stream(ALICE, TrackType.AUDIO).playOut(),
      direct.stream(ALICE, TrackType.AUDIO).playOut()
    };
    PlayOut.Reading[] before = new PlayOut.Reading[outs.length];
    for (int i = 0; i < outs.length; i++) {
      before[i] = outs[i].read();
    }
    TimeUnit.SECONDS.sleep(seconds);
    figures.put(name + "FreezeRatio", outs[0].read().freezeRatio(before[0]));
    figures.put(name + "FreezeRatioDirect", outs[1].read().freezeRatio(before[1]));
    figures.put(name + "Frames", (double) (outs[0].read().shown() - before[0].shown()));
    figures.put(name + "FramesDirect", (double) (outs[1].read().shown() - before[1].shown()));
    figures.put(name + "Concealment", outs[2].read().concealment(before[2]));
    figures.put(name + "ConcealmentDirect", outs[3].read().concealment(before[3]));
  }
}
