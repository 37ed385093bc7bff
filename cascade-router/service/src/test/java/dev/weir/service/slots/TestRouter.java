package dev.weir.service.slots;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Node;
import dev.weir.service.config.Pool;
import dev.weir.service.config.ProcessRole;
import dev.weir.service.config.ResourceId;
import dev.weir.service.config.RouterSettings;
import dev.weir.service.config.Sites;
import dev.weir.service.sfu.SigningKey;
import dev.weir.session.Site;
import dev.weir.session.admission.AccessPolicy;
import dev.weir.session.placement.NodeReport;
import dev.weir.session.placement.Placement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The live state of one router for site a.test, with its own grid member and a clock by hand. */
public final class TestRouter implements AutoCloseable {
  public static final Site A = Site.of("a.test");
  static final SigningKey KEY = new SigningKey("key", "a-secret-that-is-long-enough-for-anybody");
  static final ResourceId POOL = new ResourceId("default", "main");

  public final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  public final HazelcastInstance hazelcast;
  public final Configuration configuration;
  public final Slots slots;
  public final Replica replica;
  public final Reports reports;
  public final Rooms rooms;
  public final Expectations expectations;
  final NodeWatch watch;
  final SfuEvents events;
  final Participants participants;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));

  public TestRouter(Path data, List<Node> nodes) {
    this(data, nodes, 500);
  }

  public TestRouter(Path data, List<Node> nodes, int participantsPerNode) {
    this(data, new Pool(POOL, 1, "", nodes, List.of(KEY), participantsPerNode));
  }

  /** Nodes far apart, each in a pool and a region of its name. */
  public static TestRouter acrossRegions(Path data, List<String> regions) {
    return new TestRouter(
        data,
        regions.stream()
            .map(
                name -> {
                  ResourceId pool = new ResourceId("default", name);
                  Node node = new Node(Node.id(pool, "n"), URI.create("ws://127.0.0.1:9"), false);
                  return new Pool(pool, 1, name, List.of(node), List.of(KEY), 500);
                })
            .toArray(Pool[]::new));
  }

  private TestRouter(Path data, Pool... pools) {
    RouterSettings settings =
        new RouterSettings(
            data,
            "127.0.0.0/8",
            Set.of(ProcessRole.ROUTER),
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    hazelcast = Hazelcast.newHazelcastInstance(Cluster.config(settings));
    Sites sites = new Sites(List.of(site(List.of(pools))));
    configuration =
        new Configuration() {
          @Override
          public Sites current() {
            return sites;
          }

          @Override
          public void onChange(Consumer<Sites> listener) {
            listener.accept(sites);
          }
        };
    replica = new Replica(hazelcast);
    Upheavals upheavals = new Upheavals(hazelcast);
    slots =
        new Slots(
            hazelcast,
            configuration,
            new Epochs(hazelcast, replica, clock()),
            replica,
            clock(),
            upheavals,
            meters);
    reports = new Reports(hazelcast, configuration, clock(), upheavals);
    rooms = new Rooms(hazelcast, reports, slots, clock(), upheavals);
    expectations = new Expectations(hazelcast, new GateSecret(settings, hazelcast, upheavals));
    participants = new Participants(expectations);
    Beans<PresenceObserver> observers = new Beans<>(List.of());
    watch =
        new NodeWatch(
            configuration,
            new Fleet(configuration),
            reports,
            rooms,
            slots,
            participants,
            replica,
            clock(),
            upheavals,
            observers);
    events = new SfuEvents(configuration, rooms, slots, participants, watch, observers, meters);
  }

  private static HomeSite site(List<Pool> pools) {
    return new HomeSite(
        new ResourceId("default", "a"),
        1,
        A,
        Set.of("a.test"),
        Optional.of(URI.create("https://rtc.a.test")),
        Optional.empty(),
        Map.of(),
        Map.of(),
        AccessPolicy.DEFAULT,
        Optional.empty(),
        Optional.empty(),
        Duration.ofHours(1),
        pools,
        List.of());
  }

  public static Node node(String name, URI signalling) {
    return new Node(Node.id(POOL, name), signalling, false);
  }

  /** As if the node had just been asked. */
  public void reports(String node, NodeReport.State state, int participants) {
    NodeReport.Limits limits = configuration.current().node(node).orElseThrow().pool().limits();
    reports.put(new NodeReport(node, "", state, 1, participants, 0, 0, limits, now()));
  }

  /** As after a cut: the other half has had the room there. */
  public void reunited(RoomKey key, Placement there) {
    RoomEntry ours = rooms.find(key).orElseThrow();
    hazelcast
        .getMap("weir.rooms")
        .put(key.toString(), ours.with(ours.placement().merge(there)).write());
  }

  public InstantSource clock() {
    return now::get;
  }

  public Instant now() {
    return now.get();
  }

  public void after(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  public double gauge(String name) {
    return meters.get(name).gauge().value();
  }

  @Override
  public void close() {
    slots.close();
    hazelcast.shutdown();
  }
}
