package dev.weir.session.world;

import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.Spot;
import dev.weir.session.admission.AccessPolicy;
import dev.weir.session.admission.Admission;
import dev.weir.session.admission.Agreement;
import dev.weir.session.admission.Answer;
import dev.weir.session.admission.Endpoint;
import dev.weir.session.admission.HomeAnswer;
import dev.weir.session.admission.Request;
import dev.weir.session.admission.Ticket;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.Sharing;
import dev.weir.session.slot.SlotEffect;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.Step;
import dev.weir.session.view.Held;
import dev.weir.session.view.Writer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Everything together, driven by steps. */
final class World {
  static final SlotId SLOT = SlotId.ofRoomCall("!room:s0");
  private static final Instant START = Instant.parse("2026-11-21T04:00:00Z");

  /** A message between routers. */
  record Message(Site from, Site to, SlotEvent event) {}

  final Map<Site, SimSite> sites = new TreeMap<>();
  final List<SimClient> clients;
  final List<SimSite> siteList;
  final LiveKit liveKit = new LiveKit();
  final List<Message> network = new ArrayList<>();
  final List<Message> sent = new ArrayList<>();
  private final Set<Set<Site>> cut = new java.util.HashSet<>();
  Instant now = START;

  World(Scenario scenario) {
    for (int i = 0; i < scenario.nodes().size(); i++) {
      Site site = Site.of("s" + i);
      sites.put(site, new SimSite(site, scenario.nodes().get(i), SLOT, liveKit, now));
    }
    siteList = List.copyOf(sites.values());
    clients = scenario.clients().stream().map(this::client).toList();
    connect();
  }

  private SimClient client(Scenario.ClientSpec spec) {
    Site home = siteList.get(spec.site() % siteList.size()).self;
    Member member = Member.legacy("@u" + spec.user() + ":" + home, "D" + spec.device());
    return new SimClient(member, home, spec.legacy(), spec.publishes(), spec.eventOrder());
  }

  void run(Op op) {
    SimClient client = clients.get(op.a() % clients.size());
    SimSite site = siteList.get(op.a() % siteList.size());
    SimSite other = siteList.get(op.b() % siteList.size());
    switch (op.kind()) {
      case JOIN -> join(client, op.b());
      case LEAVE -> leave(client);
      case RELOAD -> reload(client);
      case TOGGLE_PUBLISH -> {
        client.publishes = !client.publishes;
        publish(client);
      }
      case LOOK -> look(client, op.b() % 2 == 0);
      case DELIVER -> deliver(op.a(), op.b());
      case DROP -> {
        if (!network.isEmpty()) {
          network.remove(op.a() % network.size());
        }
      }
      case DOUBLE -> {
        if (!sent.isEmpty()) {
          Message message = sent.get(op.a() % sent.size());
          if (connected(message.from(), message.to())) {
            network.add(message);
          }
        }
      }
      case WEBHOOKS -> webhooks(site, op.b());
      case LOSE_WEBHOOK -> {
        if (!site.webhooks.isEmpty()) {
          site.webhooks.remove(op.b() % site.webhooks.size());
        }
      }
      case RELAY -> site.relay(now);
      case TIME -> time(op.a() % 9000);
      case CUT -> {
        if (site != other) {
          cut.add(Set.of(site.self, other.self));
          connect();
        }
      }
      case MEND -> {
        cut.remove(pair(site, other));
        connect();
      }
      case ANNOUNCE -> announce(site, other);
      case SPILL -> {
        site.spill++;
        site.routes.clear();
      }
      case MOVE_BEGIN -> beginMove(site, op.b());
      case MOVE_END -> endMoves(site);
      case RESTART -> restart(site);
      case POLL -> poll(site);
    }
  }

  private static Set<Site> pair(SimSite a, SimSite b) {
    return a == b ? Set.of(a.self) : Set.of(a.self, b.self);
  }

  boolean connected(Site a, Site b) {
    return !a.equals(b) && !cut.contains(Set.of(a, b));
  }

  private SimSite at(Site site) {
    return java.util.Objects.requireNonNull(sites.get(site));
  }

  // -- clients

  private void join(SimClient client, int tie) {
    if (!client.inCall) {
      client.inCall = true;
      // Few different ages: ties are the interesting case.
      client.createdAt = tie % 3;
      look(client, true);
    }
  }

  private void leave(SimClient client) {
    client.inCall = false;
    look(client, true);
  }

  /** The page is loaded again: same device, the old connections end later or by being kicked. */
  private void reload(SimClient client) {
    if (client.inCall) {
      List<SimClient.Connection> old = List.copyOf(client.connections.values());
      client.connections.clear();
      look(client, true);
      old.forEach(connection -> at(connection.spot().site()).leave(connection, now));
    }
  }

  /** The client looks at the members and opens and closes connections. */
  boolean look(SimClient client, boolean relayIsSlow) {
    Set<Site> wanted = client.wantedFoci(clients);
    boolean changed = false;
    for (Site focus : List.copyOf(client.connections.keySet())) {
      SimClient.@Nullable Connection connection = client.connections.get(focus);
      if (connection != null && !wanted.contains(focus)) {
        client.connections.remove(focus);
        at(connection.spot().site()).leave(connection, now);
        changed = true;
      }
    }
    for (Site focus : wanted) {
      if (!client.connections.containsKey(focus)) {
        changed |= request(client, focus, relayIsSlow);
      }
    }
    publish(client);
    return changed;
  }

  private void publish(SimClient client) {
    SimClient.@Nullable Connection connection = client.publishesIn();
    for (SimClient.Connection each : client.connections.values()) {
      at(each.spot().site()).publish(each, each.equals(connection));
    }
  }

  private boolean request(SimClient client, Site focus, boolean relayIsSlow) {
    boolean legacyEndpoint = client.legacy || focus.equals(client.home);
    Member member =
        legacyEndpoint
            ? client.member
            : new Member(
                client.member.user(),
                client.member.device(),
                client.member.user() + ":" + client.member.device());
    Request request =
        new Request(
            legacyEndpoint ? Endpoint.SFU_GET : Endpoint.GET_TOKEN,
            SLOT,
            member,
            focus,
            client.home,
            false);
    Agreement.Peered peered = new Agreement.Peered(connected(focus, client.home), true, true);
    Answer answer = Admission.first(request, peered, AccessPolicy.DEFAULT, false);
    if (answer instanceof Answer.AskHome ask) {
      apply(at(client.home), new SlotEvent.Asked(client.member.client(), focus));
      apply(at(focus), new SlotEvent.Admitted(client.home));
      HomeAnswer atHome = Admission.atHome(request, ask.role(), true, false, true);
      if (atHome instanceof HomeAnswer.Annex annex) {
        enter(client, member, focus, at(client.home), annex.ticket(), relayIsSlow);
        return true;
      }
      return false;
    }
    if (answer instanceof Answer.Attach attach) {
      enter(client, member, focus, at(focus), attach.ticket(), relayIsSlow);
      return true;
    }
    return false;
  }

  private void enter(
      SimClient client, Member member, Site focus, SimSite site, Ticket ticket, boolean slow) {
    SimClient.Connection connection =
        site.enter(client, member, ticket.role(), ticket.room(), ticket.identity(), slow, now);
    client.connections.put(focus, connection);
  }

  /** The gate binds clients that were let in directly to their annex again. */
  private boolean rebind(SimClient client) {
    boolean changed = false;
    for (Site focus : List.copyOf(client.connections.keySet())) {
      SimClient.@Nullable Connection connection = client.connections.get(focus);
      if (connection != null && connection.role() == Role.DIRECT && connected(focus, client.home)) {
        client.connections.remove(focus);
        at(connection.spot().site()).leave(connection, now);
        request(client, focus, true);
        publish(client);
        changed = true;
      }
    }
    return changed;
  }

  // -- routers

  void apply(SimSite site, SlotEvent event) {
    Step step = site.apply(event, now);
    for (SlotEffect effect : step.effects()) {
      switch (effect) {
        case SlotEffect.Tell(var record) -> {
          for (Site peer : Sharing.audience(site.state, record)) {
            send(site.self, peer, new SlotEvent.PeerRecord(site.self, record));
          }
        }
        case SlotEffect.Share(Site peer) -> snapshot(site, peer);
        case SlotEffect.TellHint() -> {
          for (Site peer : Sharing.peers(site.state)) {
            hint(site, peer);
          }
        }
        case SlotEffect.Refused refused -> throw new AssertionError(refused.toString());
      }
    }
  }

  private void hint(SimSite site, Site peer) {
    send(
        site.self,
        peer,
        new SlotEvent.PeerHint(
            site.self, Sharing.hintFor(site.state, peer), Sharing.guestHintFor(site.state, peer)));
  }

  private void snapshot(SimSite site, Site peer) {
    send(
        site.self,
        peer,
        new SlotEvent.PeerSnapshot(site.self, site.state.view().snapshot(site.state.last(), peer)));
    hint(site, peer);
  }

  private void send(Site from, Site to, SlotEvent event) {
    if (sites.containsKey(to) && connected(from, to)) {
      Message message = new Message(from, to, event);
      network.add(message);
      sent.add(message);
    }
  }

  private void deliver(int which, int howMany) {
    for (int i = 0; i <= howMany % 4 && !network.isEmpty(); i++) {
      Message message = network.remove(which % network.size());
      if (connected(message.from(), message.to())) {
        apply(at(message.to()), message.event());
      }
    }
  }

  private void webhooks(SimSite site, int which) {
    if (!site.webhooks.isEmpty()) {
      SlotEvent event = site.webhooks.remove(which % site.webhooks.size());
      apply(site, event);
    }
  }

  private void poll(SimSite site) {
    site.webhooks.clear();
    for (SlotEvent event : site.poll(now)) {
      apply(site, event);
    }
  }

  /** Time passes; long silences are broken by polls, as in the service. */
  private void time(int millis) {
    now = now.plusMillis(millis);
    for (SimSite site : siteList) {
      if (millis > 5000) {
        poll(site);
      }
      apply(site, new SlotEvent.Tick());
    }
  }

  private void connect() {
    for (SimSite site : siteList) {
      Set<Site> peers = new TreeSet<>();
      sites.keySet().stream().filter(peer -> connected(site.self, peer)).forEach(peers::add);
      Set<Site> fresh = new TreeSet<>(peers);
      fresh.removeAll(site.connected);
      if (!peers.equals(site.connected)) {
        site.connected.clear();
        site.connected.addAll(peers);
        apply(site, new SlotEvent.PeersConnected(peers));
      }
      fresh.retainAll(Sharing.peers(site.state));
      fresh.forEach(peer -> snapshot(site, peer));
    }
    network.removeIf(message -> !connected(message.from(), message.to()));
  }

  private void announce(SimSite a, SimSite b) {
    if (connected(a.self, b.self) && isLive(a) && isLive(b)) {
      apply(a, new SlotEvent.Matched(b.self, true));
      apply(b, new SlotEvent.Matched(a.self, true));
    }
  }

  private static boolean isLive(SimSite site) {
    return !site.state.attachments().isEmpty();
  }

  private void beginMove(SimSite site, int which) {
    List<Room> rooms = List.copyOf(site.routes.keySet());
    if (rooms.isEmpty() || site.nodes.size() < 2 || !site.state.moves().isEmpty()) {
      return;
    }
    Room room = rooms.get(which % rooms.size());
    String from = site.route(room).place().node();
    String to = site.nodes.get((site.nodes.indexOf(from) + 1) % site.nodes.size());
    apply(site, new SlotEvent.Moving(new RoomMove(room, from, to, false)));
  }

  /** The switch, the clients' re-joins and the end of a move. */
  private void endMoves(SimSite site) {
    for (RoomMove move : site.state.moves()) {
      Spot from = Spot.of(site.self, move.from(), move.room());
      apply(site, new SlotEvent.Moving(new RoomMove(move.room(), move.from(), move.to(), true)));
      site.routes.put(move.room(), move.to());
      for (SimClient client : clients) {
        client.connections.replaceAll(
            (focus, connection) -> {
              if (!connection.spot().equals(from)) {
                return connection;
              }
              site.leave(connection, now);
              var old = connection;
              return site.enter(
                  client, client.member, old.role(), move.room(), old.identity(), true, now);
            });
        publish(client);
      }
      site.stopAllInto(from);
      poll(site);
      apply(site, new SlotEvent.MoveEnded(move.room()));
    }
  }

  private void restart(SimSite site) {
    long seen = 0;
    for (SimSite other : siteList) {
      @Nullable Writer writer = other.state.view().writers().get(site.self);
      if (writer != null) {
        for (Held held : writer.records().values()) {
          seen = Math.max(seen, held.record().version().epoch());
        }
        seen = Math.max(seen, writer.floor().epoch());
      }
    }
    now = now.plusMillis(1);
    site.restart(SLOT, seen, now);
    apply(site, new SlotEvent.PeersConnected(site.connected));
    poll(site);
    siteList.forEach(other -> announce(site, other));
  }

  // -- settling

  /** Everything that was lost is repaired, and everything that waits is waited for. */
  void heal() {
    cut.clear();
    siteList.forEach(this::endMoves);
    connect();
    for (int round = 0; round < 4; round++) {
      siteList.forEach(this::poll);
      boolean changed = false;
      for (SimClient client : clients) {
        changed |= look(client, true);
        changed |= rebind(client);
      }
      for (SimSite a : siteList) {
        for (SimSite b : siteList) {
          if (a != b) {
            announce(a, b);
          }
        }
      }
      settle();
      // Reconnects of every stream bring what was dropped.
      for (SimSite site : siteList) {
        for (Site peer : Sharing.peers(site.state)) {
          snapshot(site, peer);
        }
      }
      settle();
      time(6001);
      settle();
      time(5001);
      settle();
      if (round > 0 && !changed) {
        return;
      }
    }
  }

  /** Delivers all and lets the relays act, until nothing happens any more. */
  void settle() {
    for (SimSite site : siteList) {
      while (!site.webhooks.isEmpty()) {
        webhooks(site, 0);
      }
    }
    while (!network.isEmpty()) {
      deliver(0, 0);
    }
    relayAll();
  }

  void relayAll() {
    for (int i = 0; i < 2; i++) {
      siteList.forEach(site -> site.relay(now));
    }
  }
}
