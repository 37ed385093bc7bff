package dev.weir.service.peering;

import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.service.peering.trust.CertificateJudge;
import dev.weir.service.peering.trust.Discovery;
import dev.weir.service.peering.trust.GuardedAddresses;
import dev.weir.service.peering.trust.SelfMadeCertificates;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All of peering in one deployment: the server, and a link for every agreement in force. */
public final class Peering implements AutoCloseable {
  private static final Duration RENEWAL_CHECK = Duration.ofHours(6);

  /** What peering needs from the rest of the router. */
  public record Needs(
      InstantSource clock,
      SecureRandom random,
      GuardedAddresses addresses,
      Discovery discovery,
      SelfMadeCertificates selfMade,
      PeerRequests requests,
      SyncContent.Factory contents,
      Greeting.Epochs epochs,
      ConnectedPeers connected,
      Predicate<PeerKey> dials,
      PeerAudit audit,
      LinkTiming timing) {}

  private final PeerDirectory directory;
  private final SyncStreams streams;
  private final PeerAllowances allowances;
  private final PeerLink.Parts linkParts;
  private final PeeringService service;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService scheduler =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("peering-clock").factory());
  private final Map<PeerKey, PeerLink> links = new ConcurrentHashMap<>();
  private @Nullable PeeringServer server;

  public Peering(Needs needs) {
    this(needs, new Greeting(needs.epochs()));
  }

  Peering(Needs needs, Greeting greeting) {
    this.directory =
        new PeerDirectory(new CertificateJudge(needs.clock()), needs.discovery(), needs.selfMade());
    this.streams =
        new SyncStreams(
            new SyncStream.Parts(needs.contents(), needs.timing(), needs.clock(), scheduler, calls),
            needs.random());
    this.allowances = new PeerAllowances(needs.clock());
    this.linkParts =
        new PeerLink.Parts(
            directory,
            needs.discovery(),
            new ChannelMaker(directory, needs.addresses(), calls),
            greeting,
            streams,
            needs.connected(),
            needs.dials(),
            needs.timing(),
            needs.clock(),
            needs.random());
    this.service =
        new PeeringService(
            directory,
            greeting,
            streams,
            needs.requests(),
            allowances,
            needs.audit(),
            this::greetedBy);
    directory.onChange(config -> reconcile());
    long every = RENEWAL_CHECK.toMillis();
    var unused =
        scheduler.scheduleAtFixedRate(
            () -> calls.execute(directory::renewCertificates), every, every, TimeUnit.MILLISECONDS);
  }

  /** Starts to listen; the configuration may come before or after. Returns the port. */
  public synchronized int listen(InetSocketAddress address) throws IOException {
    PeeringServer s = new PeeringServer(address, directory, service, calls);
    server = s;
    return s.port();
  }

  public PeerDirectory directory() {
    return directory;
  }

  /** A partner that greets us is there: our own link need not wait for its next try. */
  private void greetedBy(PeerKey key) {
    PeerLink link = links.get(key);
    if (link != null && link.calls(Duration.ofSeconds(1)).isEmpty()) {
      link.ring();
    }
  }

  private synchronized void reconcile() {
    Set<PeerKey> wanted = new HashSet<>();
    for (Agreement agreement : directory.config().agreements()) {
      if (!agreement.suspended()) {
        wanted.add(agreement.key());
      }
    }
    streams.recheck(directory);
    for (PeerKey key : Set.copyOf(links.keySet())) {
      if (!wanted.contains(key)) {
        PeerLink gone = links.remove(key);
        if (gone != null) {
          gone.close();
        }
        allowances.forget(key);
      }
    }
    for (PeerKey key : wanted) {
      PeerLink known = links.get(key);
      if (known == null) {
        PeerLink link = new PeerLink(key, linkParts);
        links.put(key, link);
        link.start();
      } else {
        known.recheck();
      }
    }
  }

  public LinkStatus status(PeerKey key) {
    PeerLink link = links.get(key);
    return link == null ? LinkStatus.INITIAL : link.status();
  }

  /** Is the partner there now, so that it makes sense to count on it? */
  public boolean connected(PeerKey key) {
    return status(key).connected().holds();
  }

  /** Has the partner answered our greeting on the connection that this replica has? */
  public boolean reachable(PeerKey key) {
    return calls(key, Duration.ofSeconds(1)).isPresent();
  }

  /** A way to call the partner with a deadline; empty while there is none. */
  public Optional<PeeringGrpc.PeeringBlockingStub> calls(PeerKey key, Duration deadline) {
    PeerLink link = links.get(key);
    return link == null ? Optional.empty() : link.calls(deadline);
  }

  @Override
  public synchronized void close() {
    links.values().forEach(PeerLink::close);
    links.clear();
    streams.endAll();
    if (server != null) {
      server.close();
    }
    scheduler.shutdownNow();
    calls.close();
  }
}
