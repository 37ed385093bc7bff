package dev.weir.service.delegation;

import dev.weir.service.delegation.cluster.Cluster;
import dev.weir.service.delegation.cluster.Message;
import dev.weir.service.delegation.cluster.Wire;
import dev.weir.service.delegation.homeserver.Pacer;
import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.Evidence;
import dev.weir.session.delegation.Fences;
import dev.weir.session.delegation.Job;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.JobMachine;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Snapshot;
import dev.weir.session.delegation.Step;
import dev.weir.session.delegation.Survey;
import dev.weir.session.delegation.Timing;
import dev.weir.session.delegation.Track;
import dev.weir.session.delegation.Verb;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * The one thread that owns all tracks of this replica. Whatever happens becomes a task in its
 * queue; after each task it makes the calls that the track asked for, writes down what must outlive
 * it, and notes when the track wants to be woken. Ten thousand tracks are a queue of ten thousand
 * times.
 */
final class Engine implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Engine.class);
  private static final long SECOND = 1_000;
  private static final int POLL_SECONDS = 15;
  private static final long GATHER_QUESTIONS = 10;

  private record Wake(long at, Running running) {}

  private final TimeLine time;
  private final Cluster cluster;
  private final HomeserverCalls calls;
  private final SfuSurveys surveys;
  private final StoreWriter writer;
  private final Meters meters;
  private final JobMachine machine;
  private final Fences fences = new Fences();
  private final Past past = new Past();
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
  private final PriorityQueue<Wake> wakes = new PriorityQueue<>(Comparator.comparingLong(Wake::at));
  private final Map<JobKey, Running> running = new HashMap<>();
  private final Index byIdentity = new Index();
  private final Index byRoom = new Index();
  private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
  private final Questions questions = new Questions();
  private final Thread thread;
  private long secondAt;
  private volatile boolean closed;

  Engine(
      TimeLine time,
      Cluster cluster,
      HomeserverCalls calls,
      SfuSurveys surveys,
      StoreWriter writer,
      Meters meters,
      RandomGenerator random) {
    this.time = time;
    this.cluster = cluster;
    this.calls = calls;
    this.surveys = surveys;
    this.writer = writer;
    this.meters = meters;
    this.machine = new JobMachine(new Timing(random));
    this.thread = Thread.ofPlatform().name("weir-delegation").daemon().unstarted(this::run);
  }

  void start() {
    secondAt = time.now() + SECOND;
    thread.start();
  }

  Map<String, Lane> lanes() {
    return lanes;
  }

  void receive(Message message) {
    tasks.add(() -> take(message));
  }

  /** Snapshots whose keys this replica owns now; those that run already are left alone. */
  void adopt(List<Snapshot> snapshots) {
    tasks.add(() -> adoptNow(snapshots));
  }

  /** Gives up what other replicas own now. */
  void release() {
    tasks.add(this::releaseNow);
  }

  private void run() {
    while (!closed) {
      try {
        turn();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("delegation engine: a task failed in an unexpected way", e);
      }
    }
  }

  private void turn() throws InterruptedException {
    long now = time.now();
    Runnable task = tasks.poll(Math.max(0, nextAt(now) - now), TimeUnit.MILLISECONDS);
    // Before anything that was heard in the meantime is believed.
    if (fences.wentOn(secondAt, time.now())) {
      LOG.warn("delegation: this process stood still; nobody is taken for gone for a while");
    }
    for (int budget = 1_000; task != null && budget > 0; budget--) {
      task.run();
      task = tasks.poll();
    }
    if (task != null) {
      task.run();
    }
    now = time.now();
    wake(now);
    if (now >= secondAt) {
      everySecond(now);
    }
    if (now >= questions.at()) {
      ask(now);
    }
    for (Lane lane : lanes.values()) {
      pump(lane, now);
    }
  }

  private long nextAt(long now) {
    Wake first = wakes.peek();
    long at = Math.min(secondAt, questions.at());
    at = first == null ? at : Math.min(at, first.at());
    for (Lane lane : lanes.values()) {
      at = Math.min(at, lane.pacer().wakeAt(now));
    }
    return at;
  }

  private void take(Message message) {
    long now = time.now();
    switch (message) {
      case Message.Delegated delegated -> {
        JobKey key = delegated.delegation().key();
        if (cluster.owns(key)) {
          Running member = running.computeIfAbsent(key, this::begin);
          settle(member, member.track().delegated(delegated.delegation(), now), now);
        }
      }
      case Message.Heard heard -> hear(heard.site(), heard.evidence(), now);
      case Message.RoomMoving moving -> fences.moving(moving.room(), moving.place(), now);
      case Message.NodeSilent silent -> fences.silent(silent.place(), now);
      case Message.WebhooksDropped _ -> {
        for (Running member : List.copyOf(running.values())) {
          member.track().ask(now);
          settle(member, List.of(), now);
        }
      }
      case Message.Kicked kicked -> {
        for (Running member : List.copyOf(running.values())) {
          if (kicked.concerns(member.track().key())) {
            settle(member, member.track().kicked(now), now);
          }
        }
      }
    }
  }

  private void hear(String site, Evidence evidence, long now) {
    for (Running member : byIdentity.find(site, evidence.identity())) {
      settle(member, member.track().heard(evidence, now), now);
    }
  }

  private Running begin(JobKey key) {
    return new Running(new Track(key, machine, fences, past.of(key)));
  }

  private void adoptNow(List<Snapshot> snapshots) {
    long now = time.now();
    for (Snapshot snapshot : snapshots) {
      if (!running.containsKey(snapshot.key()) && cluster.owns(snapshot.key())) {
        Running member = begin(snapshot.key());
        running.put(snapshot.key(), member);
        settle(member, member.track().restore(snapshot, now), now);
      }
    }
  }

  private void releaseNow() {
    for (Running member : List.copyOf(running.values())) {
      if (!cluster.owns(member.track().key())) {
        drop(member);
      }
    }
  }

  /** Everything that follows from a track's having been touched. */
  private void settle(Running member, List<Step.Call> made, long now) {
    Track track = member.track();
    Lane lane = lane(track.key());
    for (Job job : track.takeEnded()) {
      ended(track.key(), job);
    }
    made.forEach(call -> lane.pacer().submit(new Pacer.Pending(track.key(), call)));
    if (track.ended()) {
      past.keep(track);
      drop(member);
      cluster.forget(track.key());
      return;
    }
    if (track.asksAt() <= now) {
      questions.add(track.key().site(), track.rooms(), now + GATHER_QUESTIONS);
      track.asked(now);
    }
    if (member.changed()) {
      byIdentity.add(track.key().site(), track.identities(), member);
      byRoom.add(track.key().site(), track.rooms(), member);
      Snapshot snapshot = track.snapshot();
      cluster.keep(track.key(), Wire.write(snapshot));
      writer.keep(snapshot);
      count(member, member.states());
      lane.needs(member.rateChange());
    }
    arm(member, now);
  }

  private void ended(JobKey key, Job job) {
    if (job.state() instanceof JobState.Ended ended) {
      meters.ended(job, ended.why());
      writer.remove(key, job.delayId());
      LOG.infof(
          "delegation ended: member=%08x outcome=%s connected=%s",
          key.hashCode(), ended.why(), job.everConnected());
    }
  }

  private void count(Running member, List<String> states) {
    member.count(states).forEach(meters::left);
    states.forEach(meters::entered);
  }

  private void drop(Running member) {
    Track track = member.track();
    running.remove(track.key(), member);
    byIdentity.remove(track.key().site(), track.identities(), member);
    byRoom.remove(track.key().site(), track.rooms(), member);
    lane(track.key()).needs(member.rateGone());
    count(member, List.of());
    member.arm(JobState.NEVER);
  }

  private void arm(Running member, long now) {
    long at = member.track().wakeAt(now);
    if (at != member.armedFor()) {
      member.arm(at);
      if (at != JobState.NEVER) {
        wakes.add(new Wake(at, member));
      }
    }
  }

  private void wake(long now) {
    for (Wake first = wakes.peek(); first != null && first.at() <= now; first = wakes.peek()) {
      wakes.remove();
      Running member = first.running();
      if (member.armedFor() == first.at()) {
        member.arm(JobState.NEVER);
        settle(member, member.track().wake(now), now);
      }
    }
  }

  private Lane lane(JobKey key) {
    return lanes.computeIfAbsent(
        key.site() + "\n" + key.homeserver(), any -> new Lane(key.site(), key.homeserver()));
  }

  private void pump(Lane lane, long now) {
    for (Pacer.Pending pending : lane.pacer().ready(now)) {
      Running member = running.get(pending.key());
      Step.Call call = pending.call();
      if (member == null || !member.track().wants(call.delayId(), call.verb())) {
        lane.pacer().dropped();
      } else if (now >= call.deadline()) {
        lane.pacer().dropped();
        settle(
            member,
            member.track().answered(call.delayId(), call.verb(), new Answer.Failed(), now, now),
            now);
      } else {
        send(lane, pending, now);
      }
    }
  }

  private void send(Lane lane, Pacer.Pending pending, long now) {
    Step.Call call = pending.call();
    if (call.verb() == Verb.RESTART) {
      meters.restarting(now - call.dueAt());
    }
    long timeout = Math.clamp((call.deadline() - now) / 2, SECOND, 10 * SECOND);
    calls.call(
        lane.site(),
        pending.key().user(),
        call.delayId(),
        call.verb(),
        timeout,
        outcome -> tasks.add(() -> answered(lane, pending, outcome, now)));
  }

  private void answered(
      Lane lane, Pacer.Pending pending, HomeserverCalls.Outcome outcome, long sentAt) {
    long now = time.now();
    Step.Call call = pending.call();
    lane.answered(outcome.answer(), outcome.shared(), perUser(lane), now);
    meters.answered(lane.site(), lane.homeserver(), call.verb(), outcome.answer());
    Running member = running.get(pending.key());
    if (member != null) {
      settle(
          member,
          member.track().answered(call.delayId(), call.verb(), outcome.answer(), sentAt, now),
          now);
    }
  }

  private void everySecond(long now) {
    long slice = now / SECOND % POLL_SECONDS;
    byRoom.forEach(
        (site, room) -> {
          if (Math.floorMod(room.hashCode(), POLL_SECONDS) == slice) {
            question(site, room, now);
          }
        });
    lanes.values().forEach(lane -> lane.judge(perUser(lane), now));
    meters.queued(lanes.values().stream().mapToLong(lane -> lane.pacer().queued()).sum());
    lanes.values().removeIf(Lane::idle);
    secondAt = now + SECOND;
  }

  private boolean perUser(Lane lane) {
    return calls.perUser(lane.site(), lane.homeserver());
  }

  /** A member may be in several rooms: only an answer about all of them says that it is gone. */
  private void question(String site, String room, long now) {
    for (Running member : byRoom.find(site, room)) {
      questions.add(site, member.track().rooms(), now);
    }
  }

  private void ask(long now) {
    questions
        .take()
        .forEach(
            (site, rooms) ->
                surveys
                    .ask(site, Set.copyOf(rooms), now)
                    .thenAccept(survey -> tasks.add(() -> surveyed(site, survey))));
  }

  private void surveyed(String site, Survey survey) {
    long now = time.now();
    Set<Running> members = new HashSet<>();
    survey.rooms().keySet().forEach(room -> members.addAll(byRoom.find(site, room)));
    for (Running member : members) {
      settle(member, member.track().surveyed(survey, now), now);
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
