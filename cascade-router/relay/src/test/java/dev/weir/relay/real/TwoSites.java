package dev.weir.relay.real;

import dev.weir.relay.LeaseGate;
import dev.weir.relay.LegEvent;
import dev.weir.relay.LegListener;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegState;
import dev.weir.relay.LegState.Phase;
import dev.weir.relay.LegTarget;
import dev.weir.relay.PullGrant;
import dev.weir.relay.RelayEngine;
import dev.weir.relay.RelayEngines;
import dev.weir.relay.RelaySettings;
import dev.weir.relay.load.Clients;
import dev.weir.relay.load.LiveKitServer;
import dev.weir.relay.load.SyntheticPublisher;
import dev.weir.relay.load.SyntheticSubscriber;
import dev.weir.relay.sdp.MediaCodec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Site a with its publishers, site b with its viewers, and a relay at b. */
final class TwoSites implements AutoCloseable {
  static final String ALICE = "@alice:a:PHONE";

  final LiveKitServer a;
  final LiveKitServer b;
  final Clients clients = Clients.pastTheLink();
  final List<LegEvent> events = new CopyOnWriteArrayList<>();
  final RelayEngine engine;
  private final String room = "room-" + System.nanoTime();

  TwoSites(Path folder) throws Exception {
    this(folder, false, Duration.ofSeconds(2));
  }

  TwoSites(Path folder, boolean tcpOnly, Duration hold) throws Exception {
    this(
        LiveKitServer.start(folder, "a", tcpOnly), LiveKitServer.start(folder, "b", tcpOnly), hold);
  }

  /** Sites whose relay, and nobody else, reaches site a over a bad link. */
  static TwoSites overABadLink(Path folder) throws Exception {
    return new TwoSites(
        LiveKitServer.startBehind(folder, "a"),
        LiveKitServer.start(folder, "b", false),
        Duration.ofSeconds(2));
  }

  /** Sites whose servers have IPv6 addresses only. */
  static TwoSites overIpv6(Path folder) throws Exception {
    return new TwoSites(
        LiveKitServer.start(folder, "a", false, "::1", ""),
        LiveKitServer.start(folder, "b", false, "::1", ""),
        Duration.ofSeconds(2));
  }

  private TwoSites(LiveKitServer a, LiveKitServer b, Duration hold) {
    this.a = a;
    this.b = b;
    RelaySettings defaults = RelaySettings.of(address -> true, address -> true);
    engine =
        RelayEngines.start(
            new RelaySettings(
                1,
                defaults.sourceGuard(),
                defaults.targetGuard(),
                defaults.socketBuffer(),
                hold,
                "test"),
            new LegListener() {
              @Override
              public void event(String legId, LegEvent event) {
                events.add(event);
              }
            });
  }

  String homeRoom() {
    return room;
  }

  String annex() {
    return room + "-annex";
  }

  SyntheticPublisher publisher(String identity, boolean video) throws Exception {
    return publisher(identity, video, MediaCodec.VP8);
  }

  SyntheticPublisher publisher(String identity, boolean video, MediaCodec codec) throws Exception {
    SyntheticPublisher publisher =
        new SyntheticPublisher(
            clients,
            a.url(),
            a.token(homeRoom(), identity, "Alice", "{\"m\":1}", Map.of("k", "v"), false),
            video,
            codec);
    publisher.up().get(10, TimeUnit.SECONDS);
    return publisher;
  }

  /** The real user, in the room that the relay publishes into. */
  SyntheticPublisher nativeAtTheTarget(String identity) throws Exception {
    SyntheticPublisher publisher =
        new SyntheticPublisher(
            clients, b.url(), b.token(annex(), identity, "", "", Map.of(), false), false);
    publisher.up().get(10, TimeUnit.SECONDS);
    return publisher;
  }

  /** The phase of the only member of the leg; WAITING before there is one. */
  Phase memberPhase() {
    return state().members().stream()
        .map(LegState.MemberState::phase)
        .findFirst()
        .orElse(Phase.WAITING);
  }

  SyntheticSubscriber viewer(String identity) throws Exception {
    SyntheticSubscriber viewer =
        new SyntheticSubscriber(
            clients, b.url(), b.token(annex(), identity, "Bob", "", Map.of(), true));
    viewer.up().get(10, TimeUnit.SECONDS);
    return viewer;
  }

  /** A viewer in the room that the relay pulls from. */
  SyntheticSubscriber viewerAtTheSource(String identity) throws Exception {
    SyntheticSubscriber viewer =
        new SyntheticSubscriber(
            clients, a.url(), a.token(homeRoom(), identity, "", "", Map.of(), true));
    viewer.up().get(10, TimeUnit.SECONDS);
    return viewer;
  }

  /** The other direction: from the second server's room into the first one's. */
  void relayBack(String identity) {
    LegTarget home =
        new LegTarget(
            "home",
            a.url(),
            homeRoom(),
            Set.of(identity),
            member -> a.token(homeRoom(), member.identity(), "", "", Map.of(), false),
            LeaseGate.open());
    List<String> tokens =
        List.of("LOW", "MEDIUM", "HIGH").stream()
            .map(layer -> b.pullToken(annex(), "weir-pull:b:" + layer))
            .toList();
    engine.open(
        new LegSpec(
            "back",
            1,
            () ->
                CompletableFuture.completedFuture(
                    new PullGrant(b.url(), tokens, Instant.now().plusSeconds(600))),
            List.of(home)));
  }

  LegTarget target(Set<String> identities, LeaseGate leases) {
    return target(b.url(), identities, leases);
  }

  /** A leg whose signalling goes through proxies. */
  LegSpec legThrough(URI source, URI target, Set<String> identities) {
    return new LegSpec(
        "leg",
        1,
        () -> grant("b").thenApply(grant -> new PullGrant(source, grant.tokens(), grant.expires())),
        List.of(target(target, identities, LeaseGate.open())));
  }

  private LegTarget target(URI url, Set<String> identities, LeaseGate leases) {
    return new LegTarget(
        "annex",
        url,
        annex(),
        identities,
        member ->
            b.token(
                annex(),
                member.identity(),
                member.name(),
                member.metadata(),
                member.attributes(),
                false),
        leases);
  }

  LegSpec leg(long fence, Set<String> identities, LeaseGate leases) {
    return new LegSpec("leg", fence, () -> grant("b"), List.of(target(identities, leases)));
  }

  CompletableFuture<PullGrant> grant(String site) {
    List<String> tokens =
        List.of("LOW", "MEDIUM", "HIGH").stream()
            .map(layer -> a.pullToken(homeRoom(), "weir-pull:" + site + ":" + layer))
            .toList();
    return CompletableFuture.completedFuture(
        new PullGrant(a.url(), tokens, Instant.now().plusSeconds(600)));
  }

  void relay(String... identities) {
    engine.open(leg(1, Set.of(identities), LeaseGate.open()));
  }

  LegState state() {
    return engine.states().stream()
        .filter(state -> state.id().equals("leg"))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() throws Exception {
    engine.close();
    clients.close();
    a.close();
    b.close();
  }
}
