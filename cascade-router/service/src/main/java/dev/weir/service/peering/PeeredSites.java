package dev.weir.service.peering;

import dev.weir.service.peering.trust.Discovery;
import dev.weir.service.peering.trust.GuardedAddresses;
import dev.weir.service.peering.trust.SelfMadeCertificates;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.SlotEvent;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Peering as the rest of the router sees it: the protocol with slots, admissions and grants behind
 * it, and the end of everything that an ended agreement had allowed.
 */
public final class PeeredSites implements AutoCloseable {
  private static final Duration SWEEP = Duration.ofSeconds(2);

  /**
   * What peering needs from the rest of the router.
   *
   * @param dials whether this replica is the one that opens the stream of an agreement
   */
  public record Needs(
      InstantSource clock,
      SecureRandom random,
      GuardedAddresses addresses,
      Discovery discovery,
      SelfMadeCertificates selfMade,
      OwnSites home,
      SlotBook book,
      PullRooms rooms,
      ConnectedPeers connected,
      Predicate<PeerKey> dials,
      PeerAudit audit,
      LinkTiming timing) {}

  private final SlotBook book;
  private final LegOrigin origin;
  private final Peering peering;
  private final HomeCalls homeCalls;
  private final FocusCalls focusCalls;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService sweeper =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("peering-sweep").factory());
  private Set<PeerKey> inForce = Set.of();

  public PeeredSites(Needs needs) {
    this.book = needs.book();
    EpochLedger epochs = new EpochLedger(book);
    this.origin = new LegOrigin(book, needs.rooms(), needs.clock());
    this.peering =
        new Peering(
            new Peering.Needs(
                needs.clock(),
                needs.random(),
                needs.addresses(),
                needs.discovery(),
                needs.selfMade(),
                new HomeDoor(needs.home(), book, origin, this::haveAgreed),
                new SlotSyncs(book, epochs, needs.connected(), needs.audit(), executor),
                epochs,
                needs.connected(),
                needs.dials(),
                needs.audit(),
                needs.timing()));
    this.homeCalls = new HomeCalls(peering, book);
    this.focusCalls = new FocusCalls(peering);
    peering.directory().onChange(this::agreementsChanged);
    var unused =
        sweeper.scheduleWithFixedDelay(
            () -> {
              if (origin.hasRevoked()) {
                executor.execute(origin::sweep);
              }
            },
            SWEEP.toMillis(),
            SWEEP.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  public Peering peering() {
    return peering;
  }

  public HomeCalls homeCalls() {
    return homeCalls;
  }

  private boolean haveAgreed(Site ours, Site other) {
    return peering.directory().inForce(new PeerKey(ours.name(), other.name())).isPresent();
  }

  public FocusCalls focusCalls() {
    return focusCalls;
  }

  /** How many legs a partner pulls from us now. */
  public int legsPulledBy(PeerKey key) {
    return origin.legsOf(key);
  }

  private synchronized void agreementsChanged(PeeringConfig config) {
    Set<PeerKey> now = new HashSet<>();
    config.agreements().stream().filter(a -> !a.suspended()).forEach(a -> now.add(a.key()));
    Set<PeerKey> ended = new HashSet<>(inForce);
    ended.removeAll(now);
    inForce = now;
    ended.forEach(key -> executor.execute(() -> end(key)));
  }

  /** What the partner said is forgotten, so its legs end; what it pulls is thrown out. */
  private void end(PeerKey key) {
    Site self = Site.of(key.site());
    for (SlotId slot : book.live(self)) {
      book.apply(self, slot, new SlotEvent.PeerGone(Site.of(key.peer())));
    }
    origin.revoke(key);
  }

  @Override
  public void close() {
    sweeper.shutdownNow();
    peering.close();
    executor.close();
  }
}
