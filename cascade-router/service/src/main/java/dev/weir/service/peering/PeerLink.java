package dev.weir.service.peering;

import dev.weir.peering.v1.HelloResponse;
import dev.weir.peering.v1.PeeringGrpc;
import dev.weir.service.peering.Greeting.Understanding;
import dev.weir.service.peering.LinkStatus.Finding;
import dev.weir.service.peering.trust.Discovery;
import dev.weir.service.peering.trust.PeeringEndpoint;
import dev.weir.service.peering.trust.Verdict;
import dev.weir.session.Site;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Our end of one agreement: dials the partner, greets it, keeps the Sync stream (if this is the
 * side that dials it) and starts over when anything breaks.
 *
 * <p>Loop: find the endpoint, dial, Hello, then either run the Sync stream until it ends, or (on
 * the other side) greet again at every heartbeat. Any failure sets a condition and waits a moment;
 * a greeting or a changed configuration cuts the wait short.
 */
final class PeerLink implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(PeerLink.class);

  /** What all links share. */
  record Parts(
      PeerDirectory directory,
      Discovery discovery,
      ChannelMaker channels,
      Greeting greeting,
      SyncStreams streams,
      ConnectedPeers connected,
      Predicate<PeerKey> dials,
      LinkTiming timing,
      java.time.InstantSource clock,
      RandomGenerator jitter) {}

  /** A channel that has greeted, and what it was made from. */
  private record Live(ManagedChannel channel, Fingerprint madeFrom) {}

  /** When any of this changes, the connection is made anew. */
  private record Fingerprint(Agreement agreement, PeeringEndpoint endpoint, String ourKey) {}

  private final PeerKey key;
  private final Parts parts;
  private final AtomicReference<LinkStatus> status = new AtomicReference<>(LinkStatus.INITIAL);
  private final Semaphore doorbell = new Semaphore(0);
  private volatile boolean closed;
  private volatile @Nullable Live live;
  private final Thread loop;

  PeerLink(PeerKey key, Parts parts) {
    this.key = key;
    this.parts = parts;
    this.loop = Thread.ofVirtual().name("peer-link-" + key).unstarted(this::run);
  }

  void start() {
    loop.start();
  }

  LinkStatus status() {
    LinkStatus now = status.get();
    boolean connected =
        parts.streams().of(key).isPresent()
            || parts.connected().of(Site.of(key.site())).contains(Site.of(key.peer()));
    return connected ? now.connected(Finding.yes("Connected")) : now;
  }

  /** Somebody has a reason to believe that trying again now is worth it. */
  void ring() {
    doorbell.release();
  }

  /** Calls to the partner, each with a deadline; empty while there is nobody to call. */
  Optional<PeeringGrpc.PeeringBlockingStub> calls(Duration deadline) {
    Live l = live;
    return l == null
        ? Optional.empty()
        : Optional.of(
            PeeringGrpc.newBlockingStub(l.channel())
                .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS));
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      try {
        failures = once(failures) ? 0 : failures + 1;
        waitFor(pause(failures));
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.errorf(e, "event=peer_link_broken link=%s", key);
        failures++;
      } finally {
        hangUp();
      }
    }
  }

  /** One connection, from dialling to its end. True if it ever worked. */
  private boolean once(int attempt) throws InterruptedException {
    Optional<Agreement> inForce = parts.directory().inForce(key);
    if (inForce.isEmpty()) {
      return false;
    }
    Agreement agreement = inForce.get();
    Optional<PeeringEndpoint> endpoint = locate(agreement);
    if (endpoint.isEmpty()) {
      return false;
    }
    Fingerprint from = fingerprint(agreement, endpoint.get());
    AtomicReference<@Nullable Verdict> verdict = new AtomicReference<>();
    ManagedChannel channel;
    try {
      channel = parts.channels().dial(agreement, endpoint.get(), attempt, verdict::set);
    } catch (IOException e) {
      connected(Finding.no("Unreachable", String.valueOf(e.getMessage())));
      return false;
    }
    try {
      if (!greet(channel, verdict)) {
        return false;
      }
      live = new Live(channel, from);
      if (dials()) {
        parts.streams().dial(agreement, PeeringGrpc.newStub(channel)).awaitEnd();
        connected(Finding.no("StreamEnded", "the connection to the peer broke; trying again"));
      } else {
        greetUntilBroken(channel, verdict, from);
      }
      return true;
    } finally {
      live = null;
      channel.shutdownNow();
    }
  }

  private Optional<PeeringEndpoint> locate(Agreement agreement) {
    if (agreement.discoversKeys() || agreement.endpoint().isEmpty()) {
      boolean doubted = status.get().trustVerified().state() == LinkStatus.State.FALSE;
      boolean known = parts.discovery().refresh(key.peer(), doubted).isPresent();
      String problem = parts.discovery().problem(key.peer()).orElse("no document");
      status.updateAndGet(
          s ->
              s.discovered(
                  known
                      ? Finding.yes("Discovered")
                      : Finding.no(
                          "NoDocument",
                          "https://%s/.well-known/weir: %s".formatted(key.peer(), problem))));
    } else {
      status.updateAndGet(s -> s.discovered(Finding.yes("Configured")));
    }
    return parts.directory().endpointOf(agreement);
  }

  private boolean greet(ManagedChannel channel, AtomicReference<@Nullable Verdict> verdict) {
    HelloResponse response;
    try {
      response =
          PeeringGrpc.newBlockingStub(channel)
              .withDeadlineAfter(parts.timing().callDeadline().toMillis(), TimeUnit.MILLISECONDS)
              .hello(parts.greeting().request(key));
    } catch (StatusRuntimeException e) {
      explainFailure(e, verdict.get());
      return false;
    }
    Understanding understanding = parts.greeting().understand(key, response);
    if (verdict.get() instanceof Verdict.Trusted trusted) {
      Finding compatible =
          switch (understanding) {
            case Understanding.Common common -> Finding.yes("Compatible");
            case Understanding.Apart(String message) -> Finding.no("VersionsApart", message);
          };
      int version = understanding instanceof Understanding.Common(int v) ? v : 0;
      status.updateAndGet(
          s ->
              s.handshake(
                  parts.clock().instant(), version, compatible, trusted.key(), trusted.notAfter()));
    }
    if (understanding instanceof Understanding.Apart(String message)) {
      connected(Finding.no("VersionsApart", message));
      return false;
    }
    return true;
  }

  private void explainFailure(StatusRuntimeException e, @Nullable Verdict verdict) {
    if (verdict instanceof Verdict.Refused(Verdict.Reason reason)) {
      String message = Explanations.of(reason, key.peer());
      status.updateAndGet(s -> s.trusted(Finding.no(Explanations.constant(reason), message)));
      connected(Finding.no("NotTrusted", message));
    } else if (verdict instanceof Verdict.Trusted) {
      status.updateAndGet(s -> s.trusted(Finding.yes("Verified")));
      connected(
          Finding.no(
              "Refused",
              "the peer ended the connection (%s); does it list %s with our key, not suspended?"
                  .formatted(e.getStatus().getCode(), key.site())));
    } else {
      connected(Finding.no("Unreachable", "no connection: " + e.getStatus().getCode()));
    }
    LOG.debugf("event=peer_hello_failed link=%s status=%s", key, e.getStatus().getCode());
  }

  private void greetUntilBroken(
      ManagedChannel channel, AtomicReference<@Nullable Verdict> verdict, Fingerprint from)
      throws InterruptedException {
    do {
      if (parts.streams().of(key).isEmpty()) {
        connected(Finding.no("NoStream", "waiting for the peer to open its stream"));
      }
      waitFor(parts.timing().heartbeat());
    } while (!closed && !dials() && unchanged(from) && greet(channel, verdict));
  }

  /** One side opens the stream, and of that side one replica. */
  private boolean dials() {
    return key.site().compareTo(key.peer()) < 0 && parts.dials().test(key);
  }

  private boolean unchanged(Fingerprint from) {
    return parts
        .directory()
        .inForce(key)
        .flatMap(a -> parts.directory().endpointOf(a).map(e -> fingerprint(a, e)))
        .filter(from::equals)
        .isPresent();
  }

  private Fingerprint fingerprint(Agreement agreement, PeeringEndpoint endpoint) {
    String ourKey = parts.directory().certificateOf(key.site()).map(c -> c.toString()).orElse("");
    return new Fingerprint(agreement, endpoint, ourKey);
  }

  /** The configuration changed: a connection that was made from something else ends. */
  void recheck() {
    Live l = live;
    if (l != null && !unchanged(l.madeFrom())) {
      l.channel().shutdownNow();
    }
    ring();
  }

  private void connected(Finding finding) {
    status.updateAndGet(s -> s.connected(finding));
  }

  private Duration pause(int failures) {
    double grown = parts.timing().firstRetry().toMillis() * Math.pow(1.6, Math.min(failures, 20));
    double capped = Math.min(grown, parts.timing().slowestRetry().toMillis());
    return Duration.ofMillis((long) (capped * (0.75 + parts.jitter().nextDouble() / 2)));
  }

  private void waitFor(Duration time) throws InterruptedException {
    if (doorbell.tryAcquire(time.toMillis(), TimeUnit.MILLISECONDS)) {
      doorbell.drainPermits();
    }
  }

  private void hangUp() {
    Live l = live;
    live = null;
    if (l != null) {
      l.channel().shutdownNow();
    }
  }

  @Override
  public void close() {
    closed = true;
    loop.interrupt();
    hangUp();
  }
}
