package dev.weir.relay.bench;

import dev.weir.relay.LeaseGate;
import dev.weir.relay.LegEvent;
import dev.weir.relay.LegListener;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegTarget;
import dev.weir.relay.PullGrant;
import dev.weir.relay.RelayEngine;
import dev.weir.relay.RelayEngines;
import dev.weir.relay.RelaySettings;
import dev.weir.relay.load.Clients;
import dev.weir.relay.load.FaultyLink;
import dev.weir.relay.load.LiveKitServer;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import livekit.LivekitModels.TrackType;
import livekit.LivekitModels.VideoQuality;

/**
 * Two sites with a link between them that is measured and can be made bad. The relay of site b and
 * direct viewers reach site a over it; publishers and the viewers at b do not touch it.
 */
final class Pair implements AutoCloseable {
  static final String ROOM = "home";
  static final String ANNEX = "annex";

  final LiveKitServer a;
  final LiveKitServer b;
  final FaultyLink link;
  final RelayEngine engine;
  final List<LegEvent> events = new CopyOnWriteArrayList<>();
  private final Clients near = Clients.pastTheLink();
  private final Clients overTheLink = new Clients();
  private final List<AutoCloseable> people = new ArrayList<>();

  Pair(Path folder) throws Exception {
    Path own = Files.createTempDirectory(folder, "pair");
    a = LiveKitServer.startBehind(own, "a");
    b = LiveKitServer.start(own, "b", false);
    link = a.behind(System.nanoTime());
    engine =
        RelayEngines.start(
            new RelaySettings(
                1, address -> true, address -> true, 4 << 20, Duration.ofSeconds(6), "bench"),
            new LegListener() {
              @Override
              public void event(String legId, LegEvent event) {
                events.add(event);
              }
            });
  }

  SyntheticPublisher publisher(String identity, boolean video) throws Exception {
    SyntheticPublisher publisher =
        new SyntheticPublisher(
            near, a.url(), a.token(ROOM, identity, "", "", Map.of(), false), video);
    people.add(publisher);
    publisher.up().get(20, TimeUnit.SECONDS);
    return publisher;
  }

  /** A viewer at site b, who gets what the relay brings. */
  SyntheticSubscriber viewer(String identity) throws Exception {
    return joined(
        new SyntheticSubscriber(near, b.url(), b.token(ANNEX, identity, "", "", Map.of(), true)));
  }

  /** A viewer of site b as today: a participant of site a. */
  SyntheticSubscriber direct(String identity) throws Exception {
    return joined(
        new SyntheticSubscriber(
            overTheLink, a.url(), a.token(ROOM, identity, "", "", Map.of(), true)));
  }

  private SyntheticSubscriber joined(SyntheticSubscriber viewer) throws Exception {
    people.add(viewer);
    viewer.up().get(20, TimeUnit.SECONDS);
    return viewer;
  }

  void relay(Set<String> identities) {
    LegTarget target =
        new LegTarget(
            ANNEX,
            b.url(),
            ANNEX,
            identities,
            member -> b.token(ANNEX, member.identity(), "", "", Map.of(), false),
            LeaseGate.open());
    engine.open(
        new LegSpec(
            "bench",
            1,
            () ->
                CompletableFuture.completedFuture(
                    new PullGrant(
                        a.url(),
                        List.of(
                            a.pullToken(ROOM, "weir-pull:b:LOW"),
                            a.pullToken(ROOM, "weir-pull:b:MEDIUM"),
                            a.pullToken(ROOM, "weir-pull:b:HIGH")),
                        Instant.now().plusSeconds(3600))),
            List.of(target)));
  }

  /** Asks for the best of a publisher and waits until it comes; the milliseconds that took. */
  static long watchBest(Collection<SyntheticSubscriber> viewers, String identity)
      throws InterruptedException {
    long start = System.nanoTime();
    for (SyntheticSubscriber viewer : viewers) {
      until(30, () -> !viewer.track(identity, TrackType.VIDEO).getSid().isEmpty());
      viewer.view(viewer.track(identity, TrackType.VIDEO).getSid(), true, VideoQuality.HIGH);
    }
    for (SyntheticSubscriber viewer : viewers) {
      until(30, () -> viewer.stream(identity, TrackType.VIDEO).layer() == 2);
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  /** Waits for something; the milliseconds that took, or an exception when it does not come. */
  static long until(int seconds, BooleanSupplier reached) throws InterruptedException {
    long start = System.nanoTime();
    while (!reached.getAsBoolean()) {
      if (System.nanoTime() - start > seconds * 1_000_000_000L) {
        throw new IllegalStateException("did not come within " + seconds + " s");
      }
      TimeUnit.MILLISECONDS.sleep(2);
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable person : people) {
      person.close();
    }
    engine.close();
    near.close();
    overTheLink.close();
    link.close();
    a.close();
    b.close();
  }
}
