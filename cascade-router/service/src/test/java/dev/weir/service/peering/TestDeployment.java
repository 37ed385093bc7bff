package dev.weir.service.peering;

import dev.weir.peering.v1.AdmitRequest;
import dev.weir.peering.v1.AdmitResponse;
import dev.weir.peering.v1.Admitted;
import dev.weir.peering.v1.CloseLegRequest;
import dev.weir.peering.v1.DelegateRequest;
import dev.weir.peering.v1.LegGrant;
import dev.weir.peering.v1.OpenLegRequest;
import dev.weir.peering.v1.RenewLegRequest;
import dev.weir.peering.v1.SyncMessage;
import dev.weir.peering.v1.TakeInRequest;
import dev.weir.service.peering.trust.Discovery;
import dev.weir.service.peering.trust.PeeringEndpoint;
import dev.weir.service.peering.trust.SelfMadeCertificates;
import dev.weir.service.peering.trust.SpkiPin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A router's peering half on real sockets, with everything behind it replaced by recorders. */
final class TestDeployment implements AutoCloseable {
  static final LinkTiming QUICK =
      new LinkTiming(
          Duration.ofMillis(100),
          Duration.ofMillis(600),
          Duration.ofMillis(20),
          Duration.ofMillis(100),
          Duration.ofSeconds(5));

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<AdmitRequest> admitted = new CopyOnWriteArrayList<>();
  final Map<PeerKey, RecordedContent> contents = new ConcurrentHashMap<>();
  final AtomicInteger contentsOpened = new AtomicInteger();
  final Map<String, byte[]> documents = new ConcurrentHashMap<>();
  final Peering peering;
  final SelfMadeCertificates selfMade;
  final int port;
  private final List<String> sites = new ArrayList<>();
  private final Map<String, PeeringSite.PemPair> own = new LinkedHashMap<>();
  private final Map<PeerKey, Agreement> agreements = new LinkedHashMap<>();

  TestDeployment(Path data) {
    this(data, Greeting.VERSION, Greeting.OLDEST, InstantSource.system());
  }

  TestDeployment(Path data, int version, int oldest, InstantSource clock) {
    selfMade = new SelfMadeCertificates(data, clock, new SecureRandom());
    var needs =
        new Peering.Needs(
            clock,
            new SecureRandom(),
            (endpoint, byAdmin) ->
                List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port())),
            new Discovery(this::document, clock),
            selfMade,
            new Answers(),
            (agreement, ours, theirs, wake) -> {
              contentsOpened.incrementAndGet();
              var content = new RecordedContent(wake);
              contents.put(agreement.key(), content);
              return content;
            },
            Greeting.Epochs.NONE,
            ConnectedPeers.inMemory(),
            key -> true,
            new PeerAudit(meters),
            QUICK);
    peering = new Peering(needs, new Greeting(Greeting.Epochs.NONE, version, oldest));
    try {
      port = peering.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] document(String serverName) throws IOException {
    byte[] document = documents.get(serverName);
    if (document == null) {
      throw new IOException("HTTP status 404");
    }
    return document;
  }

  TestDeployment hosts(String... names) {
    sites.addAll(List.of(names));
    return apply();
  }

  TestDeployment proves(String site, String chain, String key) {
    own.put(site, new PeeringSite.PemPair(chain, key));
    return apply();
  }

  SpkiPin pin(String site) {
    return peering.directory().certificateOf(site).orElseThrow().pin();
  }

  TestDeployment lists(String site, String peer, int peerPort, SpkiPin... pins) {
    return agrees(
        new Agreement(
            new PeerKey(site, peer),
            Set.of(),
            Set.of(pins),
            List.of(),
            peerPort == 0
                ? Optional.empty()
                : Optional.of(new PeeringEndpoint("localhost", peerPort)),
            true,
            true,
            PeerLimits.DEFAULT,
            false));
  }

  TestDeployment agrees(Agreement agreement) {
    agreements.put(agreement.key(), agreement);
    return apply();
  }

  TestDeployment change(PeerKey key, UnaryOperator<Agreement> how) {
    return agrees(how.apply(java.util.Objects.requireNonNull(agreements.get(key))));
  }

  TestDeployment forgets(PeerKey key) {
    agreements.remove(key);
    return apply();
  }

  private TestDeployment apply() {
    peering
        .directory()
        .update(
            new PeeringConfig(
                sites.stream()
                    .map(
                        s ->
                            new PeeringSite(
                                s,
                                Optional.of(new PeeringEndpoint("localhost", port)),
                                Optional.ofNullable(own.get(s))))
                    .toList(),
                List.copyOf(agreements.values())));
    return this;
  }

  static Agreement suspended(Agreement a, boolean suspended) {
    return new Agreement(
        a.key(),
        a.servers(),
        a.pins(),
        a.authorities(),
        a.endpoint(),
        a.view(),
        a.guestPublish(),
        a.limits(),
        suspended);
  }

  static Agreement limited(Agreement a, PeerLimits limits) {
    return new Agreement(
        a.key(),
        a.servers(),
        a.pins(),
        a.authorities(),
        a.endpoint(),
        a.view(),
        a.guestPublish(),
        limits,
        a.suspended());
  }

  RecordedContent content(PeerKey key) {
    return java.util.Objects.requireNonNull(contents.get(key));
  }

  boolean connected(String site, String peer) {
    return peering.connected(new PeerKey(site, peer));
  }

  double count(String what, String outcome) {
    return meters.counter("weir.peering.requests", "what", what, "outcome", outcome).count();
  }

  @Override
  public void close() {
    peering.close();
  }

  /** Says what a test queues, remembers what it hears. */
  static final class RecordedContent implements SyncContent {
    final java.util.Queue<SyncMessage> toSay = new java.util.concurrent.ConcurrentLinkedQueue<>();
    final List<SyncMessage> heard = new CopyOnWriteArrayList<>();
    final Runnable wake;
    volatile boolean ended;

    RecordedContent(Runnable wake) {
      this.wake = wake;
    }

    void say(SyncMessage message) {
      toSay.add(message);
      wake.run();
    }

    @Override
    public @Nullable SyncMessage next() {
      return toSay.poll();
    }

    @Override
    public void received(SyncMessage message) {
      heard.add(message);
    }

    @Override
    public void ended() {
      ended = true;
    }
  }

  private final class Answers implements PeerRequests {
    @Override
    public AdmitResponse admit(Agreement agreement, AdmitRequest request) {
      admitted.add(request);
      return AdmitResponse.newBuilder()
          .setAdmitted(Admitted.newBuilder().setUrl("wss://here").setJwt("jwt"))
          .build();
    }

    @Override
    public AdmitResponse takeIn(Agreement agreement, TakeInRequest request) {
      return AdmitResponse.getDefaultInstance();
    }

    @Override
    public LegGrant openLeg(Agreement agreement, OpenLegRequest request) {
      return LegGrant.newBuilder().setLegId("leg").build();
    }

    @Override
    public LegGrant renewLeg(Agreement agreement, RenewLegRequest request) throws PeerRefusal {
      throw new PeerRefusal(PeerRefusal.Reason.UNKNOWN, "no such leg");
    }

    @Override
    public void closeLeg(Agreement agreement, CloseLegRequest request) {}

    @Override
    public boolean delegate(Agreement agreement, DelegateRequest request) {
      return true;
    }
  }
}
