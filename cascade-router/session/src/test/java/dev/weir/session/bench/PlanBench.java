package dev.weir.session.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.session.Attachment;
import dev.weir.session.Member;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.codec.SessionCodec;
import dev.weir.session.name.Identities;
import dev.weir.session.name.Scheme;
import dev.weir.session.plan.Plan;
import dev.weir.session.plan.PlanPolicy;
import dev.weir.session.plan.Planner;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotMachine;
import dev.weir.session.slot.SlotPolicy;
import dev.weir.session.slot.SlotState;
import dev.weir.session.view.Held;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.SiteDirectory;
import dev.weir.session.view.Version;
import dev.weir.session.view.Writer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one change costs: the transition of the slot, its new plan and the difference to the plan
 * before, in a router with many live slots. {@code ./weir bench plan}.
 */
public final class PlanBench {
  private static final Instant NOW = Instant.parse("2026-11-21T04:00:00Z");
  private static final Site SELF = Site.of("s0");
  private static final int BAR_MICROS = 1000;

  /**
   * A hundred times as many slots leave less in the processor's caches; that is all they may do.
   */
  private static final double FLAT = 2.5;

  private static final int CHANGES = 5_000;
  private static final int WARM_UP = 5_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final SlotMachine machine =
      new SlotMachine(SlotPolicy.defaults("r", SiteDirectory.BY_NAME));
  private final Planner planner = new Planner(PlanPolicy.DEFAULT);
  private final ObjectMapper json = new ObjectMapper();
  private long changes;

  /** One row of the table. */
  private record Row(
      int slots, int members, int sites, double p50, double p99, double wall99, double perMember) {}

  /** Time on the processor, which neighbours on the machine do not touch, and on the wall. */
  private record Cost(long cpu, long wall) {}

  private PlanBench() {}

  /** The first argument is the file for the figures. */
  public static void main(String[] args) throws IOException {
    if (!new PlanBench().run(Path.of(args[0]))) {
      System.exit(1);
    }
  }

  private boolean run(Path file) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int slots : new int[] {10, 100, 1000, 10_000}) {
      rows.add(measure(slots, 20, 5));
    }
    for (int sites : new int[] {2, 10, 20, 50}) {
      rows.add(measure(100, Math.max(20, sites * 2), sites));
    }
    report(rows, file);
    double p99 = rows.get(3).p99();
    boolean fast = p99 <= BAR_MICROS;
    System.out.printf(
        Locale.ROOT,
        "p99 of processor time for one change with 10,000 slots: %.0f us, bar %d us: %s%n",
        p99,
        BAR_MICROS,
        fast ? "held" : "MISSED");
    double growth = rows.get(3).p50() / rows.get(1).p50();
    boolean flat = growth <= FLAT;
    System.out.printf(
        Locale.ROOT,
        "median with 10,000 slots against 100: %.2f times, bar %.1f: %s%n",
        growth,
        FLAT,
        flat ? "held" : "MISSED");
    return fast && flat;
  }

  private Row measure(int slots, int members, int sites) {
    long before = usedHeap();
    SlotState[] states = new SlotState[slots];
    Plan[] plans = new Plan[slots];
    for (int i = 0; i < slots; i++) {
      states[i] = slot(i, members, sites);
      plans[i] = planner.plan(states[i]);
    }
    double perMember = (double) (usedHeap() - before) / ((long) slots * members);
    Random random = new Random(42);
    for (int i = 0; i < WARM_UP; i++) {
      change(states, plans, random, members, sites);
    }
    long[] cpu = new long[CHANGES];
    long[] wall = new long[CHANGES];
    for (int i = 0; i < CHANGES; i++) {
      Cost cost = change(states, plans, random, members, sites);
      cpu[i] = cost.cpu();
      wall[i] = cost.wall();
    }
    Arrays.sort(cpu);
    Arrays.sort(wall);
    return new Row(
        slots,
        members,
        sites,
        cpu[CHANGES / 2] / 1e3,
        cpu[CHANGES * 99 / 100] / 1e3,
        wall[CHANGES * 99 / 100] / 1e3,
        perMember);
  }

  /** A peer's member goes silent or speaks again, or one of ours does. */
  private Cost change(SlotState[] states, Plan[] plans, Random random, int members, int sites) {
    int which = random.nextInt(states.length);
    int member = random.nextInt(members);
    SlotEvent event = event(states[which], member, sites, ++changes);
    long wallStart = System.nanoTime();
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    SlotState state = machine.apply(states[which], event, NOW.plusSeconds(1)).state();
    Plan plan = planner.plan(state);
    boolean changed = !plan.since(plans[which]).isEmpty();
    Cost cost =
        new Cost(THREADS.getCurrentThreadCpuTime() - cpuStart, System.nanoTime() - wallStart);
    states[which] = state;
    plans[which] = changed ? plan : plans[which];
    return cost;
  }

  /**
   * Always a real change: who is there leaves or falls silent, who is not there comes. Members of
   * partners by record, ours by what the node says.
   */
  private static SlotEvent event(SlotState state, int member, int sites, long number) {
    if (member % sites != 0) {
      MemberRecord record = record(member, sites, new Version(2, number, "p"));
      Writer writer = state.view().writers().getOrDefault(record.home(), Writer.EMPTY);
      Held held = writer.records().get(record.client());
      boolean there = held != null && !held.record().left();
      return new SlotEvent.PeerRecord(
          record.home(), there ? record.asLeft(record.version()) : record);
    }
    Attachment own = attachment(member, sites, Room.home(SELF), Role.OWN);
    Attachment known = state.attachments().get(own.key());
    if (known == null) {
      return new SlotEvent.Joined(own);
    }
    return (number & 1) == 0
        ? new SlotEvent.Left(own.key(), own.sid())
        : new SlotEvent.Publishes(own.key(), own.sid(), !known.publishes());
  }

  /** Members go round the sites; ours view every other focus, as multi-SFU clients do. */
  private SlotState slot(int number, int members, int sites) {
    SlotState state =
        SlotState.empty(
            SlotId.ofRoomCall("!room" + number + ":s0"), SELF, Version.newEpoch(0, 0, NOW, "r"));
    Set<Site> peers = new TreeSet<>();
    for (int i = 1; i < sites; i++) {
      peers.add(Site.of("s" + i));
    }
    state = machine.apply(state, new SlotEvent.PeersConnected(peers), NOW).state();
    for (int i = 0; i < members; i++) {
      if (i % sites == 0) {
        state = joined(state, attachment(i, sites, Room.home(SELF), Role.OWN));
        for (Site peer : peers) {
          state = joined(state, attachment(i, sites, Room.view(peer), Role.VIEW));
        }
      } else {
        MemberRecord record = record(i, sites, new Version(1, i, "p"));
        state = machine.apply(state, new SlotEvent.PeerRecord(record.home(), record), NOW).state();
      }
    }
    // As it is kept: read from the bytes that replicas share, so that nothing is shared by luck.
    return SessionCodec.read(SessionCodec.write(state), SlotState.class);
  }

  private SlotState joined(SlotState state, Attachment attachment) {
    return machine.apply(state, new SlotEvent.Joined(attachment), NOW).state();
  }

  private static Member member(int i, int sites) {
    return Member.legacy("@user" + i + ":s" + (i % sites), "DEVICE" + i);
  }

  private static Attachment attachment(int i, int sites, Room room, Role role) {
    Member member = member(i, sites);
    String identity = Identities.of(member, Scheme.USER_DEVICE, role);
    return new Attachment(
        new Attachment.Key("node-0", room, identity),
        "PA_" + i,
        member,
        role,
        role == Role.OWN,
        NOW);
  }

  private static MemberRecord record(int i, int sites, Version version) {
    Member member = member(i, sites);
    Site home = Site.of("s" + (i % sites));
    return new MemberRecord(
        member,
        List.of(Identities.of(member, Scheme.USER_DEVICE)),
        home,
        home,
        "node-0",
        true,
        false,
        false,
        false,
        version);
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private void report(List<Row> rows, Path file) throws IOException {
    ObjectNode result = json.createObjectNode().put("bench", "plan").put("unit", "microseconds");
    ArrayNode list = result.putArray("rows");
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "%8s %8s %6s %10s %10s %10s %12s%n",
            "slots",
            "members",
            "sites",
            "cpu p50",
            "cpu p99",
            "wall p99",
            "B/member"));
    for (Row row : rows) {
      list.addObject()
          .put("slots", row.slots())
          .put("members", row.members())
          .put("sites", row.sites())
          .put("cpuP50", row.p50())
          .put("cpuP99", row.p99())
          .put("wallP99", row.wall99())
          .put("bytesPerMember", Math.round(row.perMember()));
      table.append(
          String.format(
              Locale.ROOT,
              "%8d %8d %6d %10.1f %10.1f %10.1f %12.0f%n",
              row.slots(),
              row.members(),
              row.sites(),
              row.p50(),
              row.p99(),
              row.wall99(),
              row.perMember()));
    }
    Files.writeString(file, result + System.lineSeparator());
    System.out.print(table);
    System.out.println(result);
  }
}
