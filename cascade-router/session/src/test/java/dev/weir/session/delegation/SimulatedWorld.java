package dev.weir.session.delegation;

import dev.weir.session.delegation.Survey.NodeAnswer;
import dev.weir.session.delegation.Survey.Participant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * One member with a client, two SFU nodes, a homeserver and a router's track, in simulated time.
 * Written from what the real parts do, not from the track: it knows the truth, and checks every
 * call that the track makes against it.
 */
final class SimulatedWorld {
  static final class Broken extends AssertionError {
    private static final long serialVersionUID = 1;

    Broken(String what) {
      super(what);
    }
  }

  private record Planned(long at, long order, Runnable what) {}

  private static final JobKey KEY = new JobKey("a", "!r:a", "m.call#ROOM", "@u:a", "D");
  private static final String ROOM = "room";
  private static final String ID = "@u:a:D";
  private static final String[] NODES = {"n1", "n2"};

  /** How long ago the member must have been away, at least for a moment, when a leave is sent. */
  private static final long BLIND = 6_000;

  private final Random random;
  private final PriorityQueue<Planned> plan =
      new PriorityQueue<>(Comparator.comparingLong(Planned::at).thenComparingLong(Planned::order));
  private final SimulatedHomeserver homeserver = new SimulatedHomeserver();
  private final Fences fences = new Fences();
  private final List<String> log = new ArrayList<>();
  private long now = 1_000_000;
  private long order;
  private int sids;
  private int delays;

  // The truth.
  private Optional<String> sid = Optional.empty();
  private String node = NODES[0];
  private long joinedAt;
  private boolean returning;
  private long presentSince;
  private long roomSince;
  private final Map<String, Long> startedAt = new HashMap<>();
  private final Map<String, Long> silentUntil = new HashMap<>();
  private boolean webhooksLost;
  private boolean homeserverWasTroubled;
  private boolean alwaysThere = true;
  private Optional<String> newest = Optional.empty();
  private long lastChange;
  private long handedOverAt;

  // The router.
  private Track track;
  private final long delay;

  SimulatedWorld(long seed) {
    random = new Random(seed);
    delay = new long[] {10_000, 20_000, 60_000, 3_600_000}[random.nextInt(4)];
    track = newTrack();
    every(15_000, this::poll);
  }

  private Track newTrack() {
    return new Track(KEY, new JobMachine(new Timing(random)), fences);
  }

  // --- what the schedule can do ---

  void delegate() {
    String id = "d" + ++delays;
    homeserver.schedule(id, delay, now);
    newest = Optional.of(id);
    lastChange = now;
    alwaysThere = present();
    say("delegates " + id);
    // A client hands its events over in order; only copies of a request may come late.
    handedOverAt = Math.max(handedOverAt + 1, now + 10 + random.nextInt(500));
    after(handedOverAt - now, () -> handOver(id));
    if (random.nextInt(3) == 0) {
      after(handedOverAt - now + random.nextInt(2_000), () -> handOver(id));
    }
  }

  private void handOver(String id) {
    act(track.delegated(new Delegation(KEY, id, delay, "state", Set.of(ID), Set.of(ROOM)), now));
  }

  void token() {
    act(track.heard(new Evidence.TokenIssued(ROOM, ID, random.nextBoolean()), now));
  }

  void connect() {
    if (silent(node)) {
      node = other(node);
    }
    if (silent(node)) {
      // No node at all: the client tries again.
      comeBack(1_000);
      return;
    }
    sid.ifPresent(
        old -> webhook(new Evidence.Left(ROOM, node, ID, old, LeaveReason.DUPLICATE_IDENTITY)));
    String fresh = "PA_" + ++sids;
    if (!present()) {
      presentSince = now;
    }
    sid = Optional.of(fresh);
    joinedAt = now;
    returning = false;
    if (roomSince == 0) {
      roomSince = now;
    }
    lastChange = now;
    say("connects to " + node + " as " + fresh);
    webhook(new Evidence.Joined(ROOM, node, ID, fresh, now));
  }

  void leave() {
    if (sid.isEmpty()) {
      return;
    }
    LeaveReason reason =
        random.nextBoolean() ? LeaveReason.CLIENT_INITIATED : LeaveReason.CONNECTION_TIMEOUT;
    say("leaves: " + reason);
    webhook(new Evidence.Left(ROOM, node, ID, sid.get(), reason));
    gone();
  }

  private void gone() {
    sid = Optional.empty();
    returning = false;
    alwaysThere = false;
    lastChange = now;
  }

  void reload() {
    if (sid.isEmpty() || handedOverAt >= now) {
      return;
    }
    say("reloads");
    act(track.heard(new Evidence.TokenIssued(ROOM, ID, false), now));
    Optional<String> unloaded = sid;
    after(
        50,
        () -> {
          if (sid.isPresent() && sid.equals(unloaded)) {
            webhook(new Evidence.Left(ROOM, node, ID, sid.get(), LeaveReason.CLIENT_INITIATED));
            comeBack(200 + random.nextInt(3_000));
          }
        });
  }

  /** The gate, or the client's own reload, brings the member back: it is not gone meanwhile. */
  private void comeBack(long millis) {
    sid = Optional.empty();
    returning = true;
    after(
        millis,
        () -> {
          if (returning) {
            connect();
          }
        });
  }

  void move() {
    if (sid.isEmpty()) {
      return;
    }
    say("is moved from " + node);
    fences.moving(ROOM, node, now);
    webhook(new Evidence.Left(ROOM, node, ID, sid.get(), LeaveReason.CLIENT_INITIATED));
    node = other(node);
    comeBack(300 + random.nextInt(1_500));
  }

  void shutdownOfNode() {
    if (sid.isEmpty()) {
      return;
    }
    say("loses " + node + " by a roll-out");
    webhook(new Evidence.Left(ROOM, node, ID, sid.get(), LeaveReason.SERVER_SHUTDOWN));
    silent(node, 4_000);
    node = other(node);
    comeBack(500 + random.nextInt(2_500));
  }

  void killOfNode() {
    say(node + " is killed");
    silent(node, 500 + random.nextInt(10_000));
    if (sid.isPresent()) {
      comeBack(500 + random.nextInt(2_500));
    }
  }

  void homeserverAway() {
    long until = now + 500 + random.nextInt(15_000);
    homeserverWasTroubled = true;
    homeserver.down(until);
    say("homeserver away until " + until);
  }

  void homeserverLimits() {
    long until = now + 500 + random.nextInt(5_000);
    homeserverWasTroubled = true;
    homeserver.limited(until);
    say("homeserver limits until " + until);
  }

  void webhooksLost(boolean lost) {
    webhooksLost = lost;
    say(lost ? "webhooks are lost" : "webhooks arrive");
  }

  void takeOver() {
    say("another replica takes over");
    Snapshot snapshot = track.snapshot();
    track = newTrack();
    act(track.restore(snapshot, now));
  }

  /** For the test of the checks themselves. */
  void pretendToSend() {
    track
        .current()
        .ifPresent(job -> check(new Step.Call(Verb.SEND, job.delayId(), now, now + 1_000)));
  }

  // --- running ---

  void run(long millis) {
    long end = now + millis;
    while (true) {
      long trackAt = Math.max(now + 1, track.wakeAt(now));
      Planned next = plan.peek();
      long nextAt = next == null ? Long.MAX_VALUE : next.at();
      long at = Math.min(trackAt, nextAt);
      if (at > end) {
        break;
      }
      if (next != null && nextAt <= trackAt) {
        now = Math.max(now, plan.poll().at());
        next.what().run();
      } else {
        now = trackAt;
        if (track.asksAt() <= now) {
          track.asked(now);
          poll();
        }
        act(track.wake(now));
      }
      watch();
    }
    now = end;
  }

  /** All is well again, and the member is in the call. */
  void settleAttached() {
    webhooksLost = false;
    if (sid.isEmpty()) {
      connect();
    }
    run(90_000);
    if (homeserver.alive(now) > 1) {
      throw new Broken("two delayed events of one member are alive");
    }
    if (newest.isPresent()
        && alwaysThere
        && !homeserverWasTroubled
        && homeserver.fate(newest.get(), now) != SimulatedHomeserver.Fate.ALIVE) {
      throw new Broken("the event of a member that was always there is " + fate());
    }
  }

  /** The member leaves for good; its event must be sent, or fire. */
  void settleGone() {
    leave();
    returning = false;
    run(120_000);
    if (delay > 100_000
        && newest.isPresent()
        && homeserver.fate(newest.get(), now) == SimulatedHomeserver.Fate.ALIVE
        && track.current().isPresent()) {
      throw new Broken("a ghost: gone for two minutes and the leave is not sent");
    }
    run(2 * delay);
    if (homeserver.alive(now) > 0) {
      throw new Broken("an event of a member that is gone is still alive");
    }
    if (!track.ended()) {
      throw new Broken("the track never ends: " + track.current() + track.replaced());
    }
  }

  List<String> log() {
    return log;
  }

  private String fate() {
    return newest.map(id -> id + " " + homeserver.fate(id, now)).orElse("-");
  }

  private void watch() {
    if (!present()) {
      presentSince = Long.MAX_VALUE;
    } else if (presentSince == Long.MAX_VALUE) {
      presentSince = now;
    }
  }

  private boolean present() {
    return sid.isPresent() || returning;
  }

  private void act(List<Step.Call> calls) {
    for (Step.Call call : calls) {
      check(call);
      long sentAt = now;
      long there = 5 + random.nextInt(40);
      after(
          there,
          () -> {
            Answer answer = homeserver.call(call.verb(), call.delayId(), now);
            say(call.verb() + " " + call.delayId() + " -> " + answer);
            Track asker = track;
            after(
                5 + random.nextInt(40),
                () -> act(asker.answered(call.delayId(), call.verb(), answer, sentAt, now)));
          });
    }
  }

  private void check(Step.Call call) {
    say("calls " + call);
    boolean old = !newest.equals(Optional.of(call.delayId()));
    boolean known = track.current().map(job -> job.delayId().equals(call.delayId())).orElse(false);
    if (call.verb() == Verb.SEND
        && known
        && present()
        && presentSince != Long.MAX_VALUE
        && now - presentSince > BLIND) {
      throw new Broken("a leave is sent for a member that has been there since " + presentSince);
    }
    if (call.verb() == Verb.RESTART && old && now - lastChange > BLIND && !known) {
      throw new Broken("a replaced event is restarted");
    }
  }

  private void webhook(Evidence evidence) {
    if (webhooksLost || random.nextInt(20) == 0) {
      return;
    }
    int copies = random.nextInt(6) == 0 ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      after(random.nextInt(3_000), () -> act(track.heard(evidence, now)));
    }
  }

  private void poll() {
    if (track.rooms().isEmpty()) {
      return;
    }
    long askedAt = now;
    Track asker = track;
    after(
        1 + random.nextInt(50),
        () -> {
          Map<String, NodeAnswer> answers = new HashMap<>();
          for (String each : NODES) {
            answers.put(each, answer(each));
          }
          Survey survey = new Survey(askedAt, Map.of(ROOM, answers));
          after(1 + random.nextInt(100), () -> act(asker.surveyed(survey, now)));
        });
  }

  private NodeAnswer answer(String each) {
    if (silent(each) || random.nextInt(25) == 0) {
      return new NodeAnswer.Unanswered();
    }
    List<Participant> there =
        sid.isPresent() && node.equals(each)
            ? List.of(new Participant(ID, sid.get(), true, joinedAt))
            : List.of();
    Long started = startedAt.get(each);
    if (started != null && now - started < Timing.GRACE) {
      return new NodeAnswer.JustStarted(there);
    }
    boolean room = !there.isEmpty() || random.nextBoolean();
    return room ? new NodeAnswer.Listed(there, roomSince) : new NodeAnswer.NoRoom();
  }

  private boolean silent(String each) {
    return silentUntil.getOrDefault(each, 0L) > now;
  }

  private void silent(String each, long millis) {
    silentUntil.put(each, now + millis);
    startedAt.put(each, now + millis);
  }

  private static String other(String each) {
    return each.equals(NODES[0]) ? NODES[1] : NODES[0];
  }

  private void after(long millis, Runnable what) {
    plan.add(new Planned(now + millis, order++, what));
  }

  private void every(long millis, Runnable what) {
    after(
        millis,
        () -> {
          what.run();
          every(millis, what);
        });
  }

  private void say(String what) {
    log.add((now - 1_000_000) + " " + what);
  }
}
