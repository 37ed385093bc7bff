package dev.weir.session.world;

import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.lease.SpotLeases;
import dev.weir.session.lease.SpotLeases.Upgrading;
import dev.weir.session.plan.Carried;
import dev.weir.session.plan.Leg;
import dev.weir.session.plan.Plan;
import dev.weir.session.plan.PlanPolicy;
import dev.weir.session.plan.Planner;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotMachine;
import dev.weir.session.slot.SlotPolicy;
import dev.weir.session.slot.SlotState;
import dev.weir.session.slot.Step;
import dev.weir.session.view.SiteDirectory;
import dev.weir.session.view.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One site: its router's state, its nodes' rooms, its relay. */
final class SimSite {
  /** A relayed identity in one of our rooms. */
  record Relayed(Spot target, String identity) implements Comparable<Relayed> {
    @Override
    public int compareTo(Relayed other) {
      int bySpot = target.compareTo(other.target);
      return bySpot != 0 ? bySpot : identity.compareTo(other.identity);
    }
  }

  record Running(Spot source, String sid) {}

  final Site self;
  final List<String> nodes;
  final Set<Site> connected = new TreeSet<>();
  final List<SlotEvent> webhooks = new ArrayList<>();
  final Map<Room, String> routes = new TreeMap<>();
  final Map<Relayed, Running> relays = new TreeMap<>();
  final Map<String, Attachment> natives = new TreeMap<>();
  SlotState state;
  int spill;
  private final LiveKit liveKit;
  private final SlotMachine machine;
  private final Planner planner = new Planner(PlanPolicy.DEFAULT);
  private final Map<Spot, SpotLeases> leases = new TreeMap<>();

  /** The ways in at the gate, by the session that each led to. */
  private final Map<String, Upgrading> ways = new TreeMap<>();

  SimSite(Site self, int nodes, SlotId slot, LiveKit liveKit, Instant now) {
    this.self = self;
    this.liveKit = liveKit;
    this.nodes = java.util.stream.IntStream.range(0, nodes).mapToObj(i -> self + "-" + i).toList();
    this.machine = new SlotMachine(SlotPolicy.defaults("r-" + self, SiteDirectory.BY_NAME));
    this.state = SlotState.empty(slot, self, Version.newEpoch(0, 0, now, "r-" + self));
  }

  Step apply(SlotEvent event, Instant now) {
    Step step = machine.apply(state, event, now);
    state = step.state();
    return step;
  }

  Plan plan() {
    return planner.plan(state);
  }

  /** Where the gate lets the next joiner of a room in. */
  Spot route(Room room) {
    String primary = routes.computeIfAbsent(room, r -> nodes.get(spill % nodes.size()));
    return Spot.of(self, primary, room);
  }

  /**
   * A client comes in through the gate: leases first, then LiveKit. The relay leaves in time or, as
   * far as the wait allows it, too late; both are safe, because it is the older one.
   */
  SimClient.Connection enter(
      SimClient client,
      Member member,
      Role role,
      Room room,
      String identity,
      boolean relayIsSlow,
      Instant now) {
    Spot spot = route(room);
    Attachment.Key key = new Attachment.Key(spot.place().node(), room, identity);
    Upgrading way = Upgrading.beginning(identity, now);
    leases.put(spot, leases(spot).upgrade(way, now).leases());
    apply(new SlotEvent.UpgradeBegan(key, way.until()), now);
    if (!relayIsSlow) {
      stop(new Relayed(spot, identity));
    }
    LiveKit.Entry entry = liveKit.enter(spot, identity, client, null);
    Attachment attachment = new Attachment(key, entry.sid(), member, role, false, now);
    if (relayIsSlow) {
      stop(new Relayed(spot, identity));
    }
    natives.put(entry.sid(), attachment);
    ways.put(entry.sid(), way);
    webhooks.add(new SlotEvent.Joined(attachment));
    if (entry.kicked() != null && entry.kicked().isNative()) {
      closed(key, entry.kicked().sid(), now);
      natives.remove(entry.kicked().sid());
      webhooks.add(new SlotEvent.Left(key, entry.kicked().sid()));
    }
    return new SimClient.Connection(room.focus(), spot, identity, entry.sid(), role);
  }

  void leave(SimClient.Connection connection, Instant now) {
    Spot spot = connection.spot();
    liveKit.leave(spot, connection.identity(), connection.sid());
    closed(
        new Attachment.Key(spot.place().node(), spot.room(), connection.identity()),
        connection.sid(),
        now);
    @Nullable Attachment gone = natives.remove(connection.sid());
    if (gone != null) {
      webhooks.add(new SlotEvent.Left(gone.key(), gone.sid()));
    }
  }

  /** The gate sees the WebSocket of a session close. */
  private void closed(Attachment.Key key, String sid, Instant now) {
    @Nullable Upgrading way = ways.remove(sid);
    if (way != null) {
      apply(new SlotEvent.UpgradeEnded(key, way.until()), now);
      Spot spot = Spot.of(self, key.node(), key.room());
      leases.put(spot, leases(spot).upgraded(way));
    }
  }

  void publish(SimClient.Connection connection, boolean publishes) {
    @Nullable Attachment there = natives.get(connection.sid());
    if (there != null && there.publishes() != publishes) {
      natives.put(connection.sid(), there.withPublishes(publishes));
      webhooks.add(new SlotEvent.Publishes(there.key(), there.sid(), publishes));
    }
  }

  /** What a poll of all nodes brings. */
  List<SlotEvent> poll(Instant now) {
    Map<Spot, List<Attachment>> bySpot = new TreeMap<>();
    state
        .attachments()
        .keySet()
        .forEach(k -> bySpot.put(Spot.of(self, k.node(), k.room()), new ArrayList<>()));
    for (Attachment attachment : natives.values()) {
      bySpot
          .computeIfAbsent(
              Spot.of(self, attachment.node(), attachment.room()), s -> new ArrayList<>())
          .add(attachment);
    }
    List<SlotEvent> events = new ArrayList<>();
    bySpot.forEach(
        (spot, list) ->
            events.add(
                new SlotEvent.Listed(spot.place().node(), spot.room(), list, now.plusMillis(1))));
    return events;
  }

  /** The relay does what the plan says: first what ends, then what begins. */
  void relay(Instant now) {
    Map<Relayed, Spot> due = new TreeMap<>();
    for (Leg leg : plan().all()) {
      for (Carried carried : leg.carries().values()) {
        for (Spot target : carried.targets().keySet()) {
          due.put(new Relayed(target, carried.identity()), leg.source());
        }
      }
    }
    for (Relayed relayed : List.copyOf(relays.keySet())) {
      @Nullable Running running = relays.get(relayed);
      if (running != null && !running.source().equals(due.get(relayed))) {
        stop(relayed);
      }
    }
    due.forEach((relayed, source) -> start(relayed, source, now));
  }

  private void start(Relayed relayed, Spot source, Instant now) {
    LiveKit.@Nullable Participant original = liveKit.at(source, relayed.identity());
    if (original == null || !original.isNative()) {
      @Nullable Running stale = relays.get(relayed);
      if (stale != null) {
        stop(relayed);
      }
      return;
    }
    @Nullable Running running = relays.get(relayed);
    LiveKit.@Nullable Participant present = liveKit.at(relayed.target(), relayed.identity());
    if (running != null && present != null && present.sid().equals(running.sid())) {
      return;
    }
    SpotLeases.Granted granted =
        leases(relayed.target())
            .request(
                relayed.identity(),
                self.name(),
                1,
                nativesKnown(relayed.target()),
                movesIn(relayed),
                now);
    leases.put(relayed.target(), granted.leases());
    if (granted.granted()) {
      LiveKit.Entry entry = liveKit.enter(relayed.target(), relayed.identity(), null, source);
      relays.put(relayed, new Running(source, entry.sid()));
    }
  }

  private void stop(Relayed relayed) {
    @Nullable Running running = relays.remove(relayed);
    if (running != null) {
      liveKit.leave(relayed.target(), relayed.identity(), running.sid());
    }
    leases.put(
        relayed.target(), leases(relayed.target()).release(relayed.identity(), self.name(), 1));
  }

  void stopAllInto(Spot spot) {
    for (Relayed relayed : List.copyOf(relays.keySet())) {
      if (relayed.target().equals(spot)) {
        stop(relayed);
      }
    }
  }

  /** A new process: nothing is known, media goes on, relays have ended with the old process. */
  void restart(SlotId slot, long highestSeen, Instant now) {
    for (Relayed relayed : List.copyOf(relays.keySet())) {
      stop(relayed);
    }
    leases.clear();
    webhooks.clear();
    state = SlotState.empty(slot, self, Version.newEpoch(0, highestSeen, now, "r-" + self));
  }

  private boolean movesIn(Relayed relayed) {
    for (RoomMove move : state.moves()) {
      if (move.room().equals(relayed.target().room())
          && move.to().equals(relayed.target().place().node())) {
        Spot from = Spot.of(self, move.from(), move.room());
        LiveKit.@Nullable Participant old = liveKit.at(from, relayed.identity());
        if (old != null && old.isNative()) {
          return true;
        }
      }
    }
    return false;
  }

  private Set<String> nativesKnown(Spot spot) {
    Set<String> known = new HashSet<>();
    for (Attachment.Key key : state.attachments().keySet()) {
      if (key.node().equals(spot.place().node()) && key.room().equals(spot.room())) {
        known.add(key.identity());
      }
    }
    return known;
  }

  private SpotLeases leases(Spot spot) {
    return leases.getOrDefault(spot, SpotLeases.NONE);
  }
}
