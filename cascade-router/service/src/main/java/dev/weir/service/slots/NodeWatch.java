package dev.weir.service.slots;

import dev.weir.service.config.Configuration;
import dev.weir.service.config.HomeSite;
import dev.weir.service.config.Node;
import dev.weir.service.config.Pool;
import dev.weir.service.config.Sites.PlacedNode;
import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.session.Attachment;
import dev.weir.session.Site;
import dev.weir.session.placement.NodeReport;
import dev.weir.session.slot.SlotEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels;
import livekit.LivekitModels.ParticipantInfo;
import org.jboss.logging.Logger;

/**
 * Asks the nodes: which rooms are there, and who is in them. What webhooks did not say is found
 * here. One replica asks each node; every room is looked at now and then, and at once when its head
 * count has changed.
 */
@Singleton
public final class NodeWatch {
  private static final Logger LOG = Logger.getLogger(NodeWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(2);
  private static final int TRACKS_OF_A_PUBLISHER = 2;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private final Configuration configuration;
  private final Fleet fleet;
  private final Reports reports;
  private final Rooms rooms;
  private final Slots slots;
  private final Participants participants;
  private final Replica replica;
  private final InstantSource clock;
  private final Instance<PresenceObserver> observers;
  private final Map<String, Map<String, Seen>> lastSeen = new ConcurrentHashMap<>();
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private final Set<String> looked = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("weir-nodes").factory());

  private record Seen(int people, Instant at) {}

  NodeWatch(
      Configuration configuration,
      Fleet fleet,
      Reports reports,
      Rooms rooms,
      Slots slots,
      Participants participants,
      Replica replica,
      InstantSource clock,
      Upheavals upheavals,
      Instance<PresenceObserver> observers) {
    this.configuration = configuration;
    this.fleet = fleet;
    this.reports = reports;
    this.rooms = rooms;
    this.slots = slots;
    this.participants = participants;
    this.replica = replica;
    this.clock = clock;
    this.observers = observers;
    reports.onReturn(this::returned);
    // Every room is looked at anew, whoever looks from now on.
    upheavals.onDivergence(lastSeen::clear);
  }

  private void returned(String node) {
    configuration
        .current()
        .node(node)
        .ifPresent(
            placed ->
                observers.forEach(observer -> observer.nodeStarted(placed.home().site(), node)));
  }

  void start(@Observes StartupEvent event) {
    var unused =
        timer.scheduleWithFixedDelay(this::askAll, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether every node has been asked once: until then a restarted router knows no room. */
  public boolean hasLookedAround() {
    return configuration.current().all().stream()
        .flatMap(home -> home.nodes().stream())
        .allMatch(
            node ->
                looked.contains(node.id())
                    // Another replica asks this one, and has long known its rooms.
                    || (!replica.owns(node.id()) && reports.find(node.id()).isPresent()));
  }

  void stop(@Observes ShutdownEvent event) {
    timer.shutdownNow();
    threads.shutdownNow();
  }

  private void askAll() {
    try {
      for (HomeSite home : configuration.current().all()) {
        for (Pool pool : home.pools()) {
          for (Node node : pool.nodes()) {
            if (replica.owns(node.id()) && underWay.add(node.id())) {
              var unused = threads.submit(() -> askOnce(new PlacedNode(home, pool, node)));
            }
          }
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("event=node-watch-failed", e);
    }
  }

  private void askOnce(PlacedNode placed) {
    try {
      ask(placed);
    } catch (RuntimeException e) {
      LOG.warnf(e, "event=node-watch-failed node=%s", placed.node().id());
    } finally {
      looked.add(placed.node().id());
      underWay.remove(placed.node().id());
    }
  }

  /** Asks one node now; blocks. */
  void ask(PlacedNode placed) {
    String node = placed.node().id();
    SfuClient client = fleet.client(placed);
    Instant asked = clock.instant();
    List<LivekitModels.Room> there;
    try {
      there = client.listRooms();
    } catch (SfuFailure e) {
      report(placed, NodeReport.State.UNREACHABLE, List.of(), asked);
      return;
    }
    report(placed, NodeReport.State.SERVING, there, asked);
    Site site = placed.home().site();
    Map<String, Seen> seen = lastSeen.computeIfAbsent(node, any -> new ConcurrentHashMap<>());
    Set<String> names = new HashSet<>();
    for (LivekitModels.Room room : there) {
      names.add(room.getName());
      Seen last = seen.get(room.getName());
      if (last == null
          || last.people() != room.getNumParticipants()
          || last.at().plus(LOOK_AGAIN).isBefore(asked)) {
        seen.put(room.getName(), new Seen(room.getNumParticipants(), asked));
        look(site, node, client, room);
      }
    }
    seen.keySet().retainAll(names);
    for (RoomKey key : rooms.roomsOn(node)) {
      if (key.site().equals(site) && !names.contains(key.room())) {
        gone(key, node, asked);
      }
    }
  }

  private void look(Site site, String node, SfuClient client, LivekitModels.Room room) {
    RoomKey key = new RoomKey(site, room.getName());
    Optional<RoomEntry> entry = rooms.find(key);
    if (entry.isEmpty()) {
      Optional<RoomLabel> label = RoomLabel.read(room.getMetadata(), room.getName(), site);
      if (label.isEmpty()) {
        return;
      }
      rooms.found(key, label.get().slot(), label.get().room(), node);
      entry = rooms.find(key);
    }
    if (entry.isPresent()) {
      list(key, entry.get(), node, client);
    }
  }

  /** Looks at one room at all of its nodes now, because something about it is in doubt. */
  public void recheck(RoomKey key) {
    Optional<RoomEntry> entry = rooms.find(key);
    if (entry.isPresent()) {
      for (String node : entry.get().nodes()) {
        fleet
            .client(node)
            .ifPresent(
                client -> {
                  var unused = threads.submit(() -> list(key, entry.get(), node, client));
                });
      }
    }
  }

  private void list(RoomKey key, RoomEntry entry, String node, SfuClient client) {
    Instant asked = clock.instant();
    Optional<List<ParticipantInfo>> people;
    try {
      people = client.listParticipants(key.room());
    } catch (SfuFailure e) {
      return;
    }
    List<Attachment> natives = participants.active(key, entry, node, people.orElse(List.of()));
    if (!natives.isEmpty() && entry.nodes().stream().noneMatch(node::equals)) {
      rooms.found(key, entry.slot(), entry.room(), node);
    }
    slots.apply(key.site(), entry.slot(), new SlotEvent.Listed(node, entry.room(), natives, asked));
  }

  private void gone(RoomKey key, String node, Instant asked) {
    Optional<RoomEntry> entry = rooms.find(key);
    rooms.absent(key, node);
    if (entry.isPresent()) {
      slots.apply(
          key.site(),
          entry.get().slot(),
          new SlotEvent.Listed(node, entry.get().room(), List.of(), asked));
    }
  }

  /** In and out, as the node's own limit counts them, with voice and picture of each publisher. */
  private static int tracks(LivekitModels.Room room) {
    return TRACKS_OF_A_PUBLISHER * room.getNumPublishers() * room.getNumParticipants();
  }

  private void report(
      PlacedNode placed, NodeReport.State state, List<LivekitModels.Room> there, Instant at) {
    String node = placed.node().id();
    Optional<NodeReport> before = reports.find(node);
    if (before.isEmpty() || before.get().state() != state) {
      LOG.infof("event=node-state node=%s state=%s", node, state);
    }
    int people = there.stream().mapToInt(LivekitModels.Room::getNumParticipants).sum();
    int tracks = there.stream().mapToInt(NodeWatch::tracks).sum();
    reports.put(
        new NodeReport(
            node,
            placed.pool().region(),
            state,
            there.size(),
            people,
            tracks,
            0,
            placed.pool().limits(),
            at));
  }
}
