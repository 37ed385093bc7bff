package dev.weir.service.legs;

import dev.weir.peering.v1.OpenIdToken;
import dev.weir.relay.LegSpec;
import dev.weir.relay.LegState;
import dev.weir.relay.PullGrant;
import dev.weir.relay.RelayEngine;
import dev.weir.relay.RelayedParticipant;
import dev.weir.service.peering.Agreement;
import dev.weir.service.peering.ConnectedPeers;
import dev.weir.service.peering.LinkTiming;
import dev.weir.service.peering.MemoryBook;
import dev.weir.service.peering.OwnSites;
import dev.weir.service.peering.PeerAudit;
import dev.weir.service.peering.PeerKey;
import dev.weir.service.peering.PeerLimits;
import dev.weir.service.peering.PeeredSites;
import dev.weir.service.peering.PeeringConfig;
import dev.weir.service.peering.PeeringSite;
import dev.weir.service.peering.PullRooms;
import dev.weir.service.peering.trust.Discovery;
import dev.weir.service.peering.trust.PeeringEndpoint;
import dev.weir.service.peering.trust.SelfMadeCertificates;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Ticket;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.plan.PlanPolicy;
import dev.weir.session.plan.Planner;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.view.SiteDirectory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** One site with everything real but its homeserver, its nodes and its engine. */
final class TestSite implements AutoCloseable {
  static final String NODE = "default/main/n1";
  private static final LinkTiming QUICK =
      new LinkTiming(
          Duration.ofMillis(100),
          Duration.ofMillis(600),
          Duration.ofMillis(20),
          Duration.ofMillis(100),
          Duration.ofSeconds(5));

  final Site site;
  final MemoryBook book = new MemoryBook(InstantSource.system());
  final Engine engine = new Engine();
  final List<String> removed = new CopyOnWriteArrayList<>();
  final Map<String, Set<RelayNodes.Copy>> copies = new ConcurrentHashMap<>();
  final List<String> leaves = new CopyOnWriteArrayList<>();
  final PeeredSites peered;
  final LegKeeper keeper;
  final RelayLeases leases;
  final int port;

  /** Runs before every plan, with what the keeper read of the slot already in its hands. */
  volatile Runnable beforeAPlan = () -> {};

  volatile boolean canBring = true;

  /** Who has asked another site through the homeserver a moment ago. */
  final Set<Member> passedOn = ConcurrentHashMap.newKeySet();

  final Set<SlotId> closed = ConcurrentHashMap.newKeySet();
  volatile boolean homeserverAway;
  final Set<String> removedUsers = ConcurrentHashMap.newKeySet();
  final AtomicInteger plansBegun = new AtomicInteger();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final SelfMadeCertificates selfMade;
  private final Map<PeerKey, Agreement> agreements = new ConcurrentHashMap<>();

  TestSite(Path data, String name) {
    this.site = Site.of(name);
    InstantSource clock = InstantSource.system();
    selfMade = new SelfMadeCertificates(data.resolve(name), clock, new SecureRandom());
    peered =
        new PeeredSites(
            new PeeredSites.Needs(
                clock,
                new SecureRandom(),
                (endpoint, byAdmin) ->
                    List.of(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), endpoint.port())),
                new Discovery(
                    server -> {
                      throw new IOException("no web here");
                    },
                    clock),
                selfMade,
                new Home(),
                book,
                new Rooms(),
                ConnectedPeers.inMemory(),
                key -> true,
                new PeerAudit(new SimpleMeterRegistry()),
                QUICK));
    leases = new RelayLeases(LeaseStore.inMemory(), book, clock, executor);
    keeper =
        new LegKeeper(
            new LegKeeper.Needs(
                book,
                s -> {
                  beforeAPlan.run();
                  return new Planner(PlanPolicy.DEFAULT);
                },
                new OwnNodes(),
                leases,
                peered.peering()::calls,
                Ownership.ALONE,
                Fences.ofClock(clock),
                LegPhases.inMemory(),
                clock,
                work ->
                    executor.execute(
                        () -> {
                          plansBegun.incrementAndGet();
                          work.run();
                        })),
            listener -> engine);
    try {
      port = peered.peering().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void peer(TestSite one, TestSite other) {
    one.lists(other);
    other.lists(one);
  }

  void lists(TestSite other) {
    try {
      PeerKey key = new PeerKey(site.name(), other.site.name());
      agreements.put(
          key,
          new Agreement(
              key,
              Set.of(),
              Set.of(other.selfMade.of(other.site.name()).pin()),
              List.of(),
              Optional.of(new PeeringEndpoint("localhost", other.port)),
              true,
              true,
              PeerLimits.DEFAULT,
              false));
      apply();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void forgets(TestSite other) {
    agreements.remove(new PeerKey(site.name(), other.site.name()));
    apply();
  }

  private void apply() {
    peered
        .peering()
        .directory()
        .update(
            new PeeringConfig(
                List.of(new PeeringSite(site.name(), Optional.empty(), Optional.empty())),
                List.copyOf(agreements.values())));
  }

  boolean connectedTo(TestSite other) {
    return peered.peering().connected(new PeerKey(site.name(), other.site.name()));
  }

  Attachment attachment(Member member, Role role, Room room) {
    return new Attachment(
        new Attachment.Key(NODE, room, Identities.of(member, Scheme.USER_DEVICE, role)),
        "PA_" + member.device(),
        member,
        role,
        role != Role.VIEW,
        Instant.now());
  }

  void joins(SlotId slot, Member member, Role role, Room room) {
    book.apply(site, slot, new SlotEvent.Joined(attachment(member, role, room)));
  }

  void leaves(SlotId slot, Member member, Role role, Room room) {
    Attachment gone = attachment(member, role, room);
    book.apply(site, slot, new SlotEvent.Left(gone.key(), gone.sid()));
  }

  @Override
  public void close() {
    peered.close();
    executor.close();
  }

  /** Remembers what it is told, as the real one would hold it. */
  static final class Engine implements RelayEngine {
    final Map<String, LegSpec> legs = new ConcurrentHashMap<>();

    @Override
    public void open(LegSpec spec) {
      legs.put(spec.id(), spec);
    }

    @Override
    public void close(String legId) {
      legs.remove(legId);
    }

    @Override
    public List<LegState> states() {
      return List.of();
    }

    @Override
    public void close() {
      legs.clear();
    }

    LegSpec only() {
      return legs.values().iterator().next();
    }

    PullGrant grant() {
      return only().source().grant().toCompletableFuture().join();
    }
  }

  private final class Home implements OwnSites {
    @Override
    public Optional<String> userOf(Site of, OpenIdToken token) throws IOException {
      if (homeserverAway) {
        throw new IOException("away");
      }
      String text = token.getAccessToken();
      return text.startsWith("token of ")
          ? Optional.of(text.substring("token of ".length()))
          : Optional.empty();
    }

    @Override
    public boolean passedOn(Site of, Site focus, SlotId slot, Member member) {
      return passedOn.contains(member);
    }

    @Override
    public Attached attach(Site of, SlotId slot, Member member, Ticket ticket) {
      return new Attached(
          "wss://" + of, ticket.role() + " " + ticket.room() + " " + ticket.identity());
    }

    @Override
    public Optional<Attached> takeIn(Site of, SlotId slot, Member member, Ticket ticket) {
      return removedUsers.contains(member.user())
          ? Optional.empty()
          : Optional.of(attach(of, slot, member, ticket));
    }

    @Override
    public boolean keepLeave(
        Site of, SlotId slot, Member member, Set<Room> rooms, String delayId, Duration delay) {
      return leaves.add(member.user() + " " + delayId);
    }

    @Override
    public SiteDirectory directory(Site of) {
      return SiteDirectory.BY_NAME;
    }

    @Override
    public boolean isClosed(Site of, SlotId slot) {
      return closed.contains(slot);
    }

    @Override
    public boolean canBring(Site of, SlotId slot, Site focus) {
      return canBring;
    }
  }

  private final class Rooms implements PullRooms {
    @Override
    public URI signalling(Site of) {
      return URI.create("wss://gate." + of);
    }

    @Override
    public String mint(
        Site of, String node, String room, String identity, String metadata, Duration ttl) {
      return identity + " at " + node + " " + metadata;
    }

    @Override
    public void remove(Site of, String node, String room, String identity) {
      removed.add(identity);
    }
  }

  private final class OwnNodes implements RelayNodes {
    @Override
    public List<Copy> copies(Site of, String node, String room) {
      return List.copyOf(copies.getOrDefault(room, Set.of()));
    }

    @Override
    public void remove(Site of, String node, String room, String identity) {
      removed.add(identity);
      copies
          .getOrDefault(room, ConcurrentHashMap.newKeySet())
          .removeIf(copy -> copy.identity().equals(identity));
    }

    @Override
    public Optional<URI> signalling(Site of, String node) {
      return node.equals(NODE) ? Optional.of(URI.create("ws://node")) : Optional.empty();
    }

    @Override
    public String publishToken(Site of, String node, String room, RelayedParticipant participant) {
      return "publish " + participant.identity();
    }

    @Override
    public String pullToken(
        Site of, String node, String room, String identity, String metadata, Duration ttl) {
      return "local " + identity;
    }
  }
}
