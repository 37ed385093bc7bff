package dev.weir.session.slot;

import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.plan.Plan;
import dev.weir.session.plan.PlanPolicy;
import dev.weir.session.plan.Planner;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.SiteDirectory;
import dev.weir.session.view.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A slot at site a, told what happens in short words. */
public final class Fixture {
  public static final Site A = Site.of("a");
  public static final Site B = Site.of("b");
  public static final Site C = Site.of("c");
  public static final Instant START = Instant.parse("2026-11-21T04:00:00Z");

  public SlotPolicy policy = SlotPolicy.defaults("r1", SiteDirectory.BY_NAME);
  public SlotState state = SlotState.empty(SlotId.ofRoomCall("!r:a"), A, new Version(100, 0, "r1"));
  public Instant now = START;
  public Optional<Instant> wakeAt = Optional.empty();
  public final List<SlotEffect> effects = new ArrayList<>();
  private int sids;
  private long counter;

  public static Fixture connectedTo(Site... peers) {
    Fixture fixture = new Fixture();
    return fixture.on(new SlotEvent.PeersConnected(Set.of(peers)));
  }

  public Fixture on(SlotEvent event) {
    Step step = new SlotMachine(policy).apply(state, event, now);
    state = step.state();
    effects.addAll(step.effects());
    wakeAt = step.wakeAt();
    return this;
  }

  public Fixture after(Duration time) {
    now = now.plus(time);
    return on(new SlotEvent.Tick());
  }

  public static Member user(String name) {
    return Member.legacy("@" + name, name.toUpperCase(java.util.Locale.ROOT));
  }

  public static String identity(String name) {
    return Identities.of(user(name), Scheme.USER_DEVICE);
  }

  public Client client(String name) {
    return user(name).client();
  }

  /** Attaches a user of a, as name:a, on node n1. */
  public Attachment join(String name, Role role, Room room) {
    return join(name, role, room, "n1");
  }

  public Attachment join(String name, Role role, Room room, String node) {
    Attachment attachment =
        new Attachment(
            new Attachment.Key(node, room, Identities.of(user(name), Scheme.USER_DEVICE, role)),
            "PA_" + ++sids,
            user(name),
            role,
            false,
            now);
    on(new SlotEvent.Joined(attachment));
    return attachment;
  }

  public Attachment publish(Attachment attachment, boolean publishes) {
    on(new SlotEvent.Publishes(attachment.key(), attachment.sid(), publishes));
    return attachment;
  }

  public Fixture leave(Attachment attachment) {
    return on(new SlotEvent.Left(attachment.key(), attachment.sid()));
  }

  /** A record of a peer's user, as its site sends it. */
  public MemberRecord foreign(String name, Site focus, boolean publishes, boolean legacy) {
    Member member = user(name);
    return new MemberRecord(
        member,
        List.of(identity(name)),
        Site.of(member.server()),
        focus,
        "p1",
        publishes,
        legacy,
        false,
        false,
        new Version(1, ++counter, "p"));
  }

  public Fixture hear(MemberRecord record) {
    return on(new SlotEvent.PeerRecord(record.writer(), record));
  }

  public Plan plan() {
    return new Planner(PlanPolicy.DEFAULT).plan(state);
  }

  public Plan plan(PlanPolicy planPolicy) {
    return new Planner(planPolicy).plan(state);
  }

  /** The plan as "identity: source -> target by rule", sorted. */
  public Set<String> relayed() {
    Set<String> lines = new TreeSet<>();
    plan()
        .all()
        .forEach(
            leg ->
                leg.carries()
                    .values()
                    .forEach(
                        carried ->
                            carried
                                .targets()
                                .forEach(
                                    (target, rule) ->
                                        lines.add(
                                            carried.identity()
                                                + ": "
                                                + leg.source()
                                                + " -> "
                                                + target
                                                + " by "
                                                + rule))));
    return lines;
  }

  public Optional<MemberRecord> own(String name) {
    return state.view().own(client(name));
  }

  public boolean isLegacy(String name) {
    return own(name).filter(record -> !record.left()).map(MemberRecord::legacy).orElse(false);
  }
}
