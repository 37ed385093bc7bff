package dev.weir.service.delegation;

import dev.weir.service.delegation.cluster.Cluster;
import dev.weir.service.delegation.cluster.Message;
import dev.weir.service.delegation.cluster.Wire;
import dev.weir.service.delegation.store.JobStore;
import dev.weir.service.delegation.store.StoreAway;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.Evidence;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Snapshot;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Delegated membership of all sites of this deployment. A delegation is durable before it is
 * answered; from then on some replica keeps it, whatever happens to this one.
 */
public final class Delegations implements DelegationInbox, AutoCloseable {
  /** The type of the condition that sites report. */
  public static final String CONDITION = "DelegationReady";

  private static final Logger LOG = Logger.getLogger(Delegations.class);
  private static final long RESCAN_AFTER = 200;
  private static final long SWEEP_SECONDS = 60;
  private static final int LONGEST_ID = 255;

  private final TimeLine time;
  private final Cluster cluster;
  private final HomeserverCalls calls;
  private final Meters meters;
  private final StoreWriter writer;
  private final Engine engine;
  private final AtomicBoolean rescanning = new AtomicBoolean();
  private final AtomicBoolean sweptOnce = new AtomicBoolean();
  private final ScheduledExecutorService background =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("weir-delegation-sweep").daemon().factory());

  public Delegations(
      TimeLine time,
      Cluster cluster,
      JobStore store,
      HomeserverCalls calls,
      SfuSurveys surveys,
      MeterRegistry registry,
      RandomGenerator random) {
    this.time = time;
    this.cluster = cluster;
    this.calls = calls;
    this.meters = new Meters(registry);
    this.writer = new StoreWriter(store, time, cluster.replica(), meters);
    this.engine = new Engine(time, cluster, calls, surveys, writer, meters, random);
  }

  public void start() {
    cluster.listen(engine::receive, this::ownersChanged);
    engine.start();
    background.execute(this::sweepUntilDone);
    background.scheduleWithFixedDelay(
        this::sweepAgain, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    ownersChanged();
  }

  @Override
  public Outcome accept(Delegation delegation) {
    if (delegation.delayId().length() > LONGEST_ID) {
      return refused(Outcome.NOT_ACCEPTABLE);
    }
    if (!reachable(delegation.key().site(), delegation.key().homeserver())) {
      return refused(Outcome.NO_CLIENT_API);
    }
    try {
      writer.insert(delegation);
    } catch (StoreAway e) {
      return refused(Outcome.STORE_AWAY);
    }
    Message message = new Message.Delegated(delegation);
    if (!cluster.tellOwner(delegation.key(), message)) {
      // Two that run it only restart it twice; nobody that runs it loses a member.
      engine.adopt(List.of(asSnapshot(delegation)));
    }
    return Outcome.STORED;
  }

  /** Whether delayed events of this server's users could be kept. May block for a look-up. */
  public boolean reachable(String site, String homeserver) {
    return calls.reachable(site, homeserver);
  }

  private Outcome refused(Outcome outcome) {
    meters.refused(outcome.name().toLowerCase(Locale.ROOT));
    return outcome;
  }

  private Snapshot asSnapshot(Delegation delegation) {
    long until = time.now() + delegation.delayMillis();
    return new Snapshot(
        delegation.key(),
        List.of(
            new Snapshot.Kept(
                delegation.delayId(),
                delegation.delayMillis(),
                delegation.membership(),
                new JobState.Waiting(until, false),
                until,
                false)),
        delegation.identities(),
        delegation.rooms(),
        Set.of());
  }

  @Override
  public void hear(String site, Evidence evidence) {
    cluster.tellAll(new Message.Heard(site, inJobTime(evidence)));
  }

  /** SFUs speak of the wall clock. */
  private Evidence inJobTime(Evidence evidence) {
    return evidence instanceof Evidence.Joined joined && joined.joinedAt() > 0
        ? new Evidence.Joined(
            joined.room(),
            joined.place(),
            joined.identity(),
            joined.sid(),
            Math.min(time.now(), time.fromWall(joined.joinedAt())))
        : evidence;
  }

  @Override
  public void roomMoving(String livekitRoom, String node) {
    cluster.tellAll(new Message.RoomMoving(livekitRoom, node));
  }

  @Override
  public void nodeSilent(String node) {
    cluster.tellAll(new Message.NodeSilent(node));
  }

  @Override
  public void webhooksDropped() {
    cluster.tellAll(new Message.WebhooksDropped());
  }

  @Override
  public void kicked(String site, String roomId, String user) {
    cluster.tellAll(new Message.Kicked(site, roomId, user));
  }

  /** How delegation goes at a site, the worst first. */
  public List<Outlook> outlooks(String site) {
    List<Outlook> all = new ArrayList<>();
    if (writer.away()) {
      all.add(
          new Outlook(
              CONDITION,
              false,
              "StoreAway",
              "The job database does not answer: clients keep their own delayed leaves alive, and"
                  + " the jobs that exist go on. Nothing needs to be done here when it is back."));
    }
    engine.lanes().values().stream()
        .filter(lane -> lane.site().equals(site))
        .map(Lane::outlook)
        .filter(outlook -> !outlook.good())
        .forEach(all::add);
    return all.isEmpty() ? List.of(Lane.READY) : all;
  }

  private void ownersChanged() {
    if (rescanning.compareAndSet(false, true)) {
      background.schedule(this::rescan, RESCAN_AFTER, TimeUnit.MILLISECONDS);
    }
  }

  private void rescan() {
    rescanning.set(false);
    try {
      engine.release();
      List<Snapshot> found = new ArrayList<>();
      for (String text : cluster.keptHere()) {
        Wire.snapshot(text).map(this::freshlyTaken).ifPresent(found::add);
      }
      engine.adopt(found);
    } catch (RuntimeException e) {
      LOG.error("delegation: looking for jobs to take over failed", e);
    }
  }

  /** Its last owner was alive a moment ago, and so are its events. */
  private Snapshot freshlyTaken(Snapshot snapshot) {
    return alive(snapshot, time.now());
  }

  private static Snapshot alive(Snapshot snapshot, long restartedAt) {
    return new Snapshot(
        snapshot.key(),
        snapshot.jobs().stream()
            .map(job -> job.aliveUntil(Math.max(job.aliveUntil(), restartedAt + job.delayMillis())))
            .toList(),
        snapshot.identities(),
        snapshot.rooms(),
        snapshot.oldIds());
  }

  private void sweepUntilDone() {
    if (!sweep()) {
      if (!background.isShutdown()) {
        background.schedule(this::sweepUntilDone, 500, TimeUnit.MILLISECONDS);
      }
      return;
    }
    if (sweptOnce.compareAndSet(false, true)) {
      // Beats must not begin before the last one of the past was read.
      writer.start();
    }
  }

  private void sweepAgain() {
    if (sweptOnce.get()) {
      sweep();
    }
  }

  /** Takes up what the table has and nobody runs. */
  private boolean sweep() {
    try {
      long lastBeat = writer.lastBeat();
      long restartedAt = lastBeat == 0 ? 0 : time.fromWall(lastBeat) + StoreWriter.BEAT;
      List<Snapshot> found =
          writer.load().stream()
              .filter(snapshot -> cluster.owns(snapshot.key()))
              .map(snapshot -> alive(snapshot, restartedAt))
              .toList();
      engine.adopt(found);
      return true;
    } catch (StoreAway e) {
      LOG.debug("delegation store away", e);
      return false;
    } catch (RuntimeException e) {
      LOG.error("delegation: reading jobs failed", e);
      return false;
    }
  }

  @Override
  public void close() {
    // Not interrupted: H2 closes its file when a thread is interrupted in the middle of it.
    background.shutdown();
    try {
      if (!background.awaitTermination(3, TimeUnit.SECONDS)) {
        LOG.warn("delegation: the last look at the job table has not ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    engine.close();
    writer.close();
    cluster.close();
  }
}
