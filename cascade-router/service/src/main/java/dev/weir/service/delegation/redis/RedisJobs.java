package dev.weir.service.delegation.redis;

import dev.weir.service.config.RedisAddress;
import dev.weir.service.delegation.store.JobStore;
import dev.weir.service.delegation.store.StoreAway;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * A store with a mirror in Redis. What the other service left there is taken over once, before our
 * own jobs are first read; from then on the hash shows our jobs, each with the time until which it
 * was surely restarted, so that the other service can go on with them. Our own store stays what
 * counts: with Redis away nothing is refused, and the mirror is brought up to date when it is back.
 */
public final class RedisJobs implements JobStore, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(RedisJobs.class);
  private static final String HASH = "lk-jwt:jobs";
  private static final Duration REFRESH = Duration.ofSeconds(2);

  private final JobStore own;
  private final Resp redis;
  private final String site;
  private final InstantSource clock;
  private final Map<String, OldJob> shown = new HashMap<>();
  private boolean takenOver;
  private boolean away;
  private Instant refreshed = Instant.EPOCH;
  private Instant retryAt = Instant.EPOCH;

  /**
   * @param site the one site of a drop-in router
   */
  public RedisJobs(JobStore own, RedisAddress address, String site, InstantSource clock) {
    this.clock = clock;
    this.own = own;
    this.redis = new Resp(address);
    this.site = site;
  }

  @Override
  public void insert(Delegation delegation, long aliveUntil) throws StoreAway {
    own.insert(delegation, aliveUntil);
    OldJob.of(
            delegation.key(),
            delegation.delayId(),
            delegation.delayMillis(),
            delegation.membership(),
            delegation.identities(),
            delegation.rooms(),
            Instant.ofEpochMilli(aliveUntil - delegation.delayMillis()))
        .ifPresent(job -> show(name(delegation.key(), delegation.delayId()), job));
  }

  @Override
  public void apply(List<Change> changes) throws StoreAway {
    own.apply(changes);
    for (Change change : changes) {
      String name = name(change.key(), change.delayId());
      switch (change) {
        case Change.Keep keep -> {
          if (!isKept(keep.job().state())) {
            hide(name);
          } else if (!isShown(name)) {
            job(keep).ifPresent(job -> show(name, job));
          }
        }
        case Change.Remove remove -> hide(name);
      }
    }
  }

  /** What is to be sent or cancelled only: the other service would restart it. */
  private static boolean isKept(JobState state) {
    return state instanceof JobState.Waiting || state instanceof JobState.Connected;
  }

  private static Optional<OldJob> job(Change.Keep keep) {
    Snapshot.Kept job = keep.job();
    return OldJob.of(
        keep.key(),
        job.delayId(),
        job.delayMillis(),
        job.membership(),
        keep.of().identities(),
        keep.of().rooms(),
        Instant.ofEpochMilli(job.aliveUntil() - job.delayMillis()));
  }

  @Override
  public List<Snapshot> load() throws StoreAway {
    List<Snapshot> kept = own.load();
    return takeOver(kept) ? own.load() : kept;
  }

  @Override
  public void beat(String replica, long at) throws StoreAway {
    own.beat(replica, at);
    refresh(Instant.ofEpochMilli(at));
  }

  @Override
  public long lastBeat() throws StoreAway {
    return own.lastBeat();
  }

  /** True when there was something that we did not have. */
  private synchronized boolean takeOver(List<Snapshot> kept) throws StoreAway {
    if (takenOver) {
      return false;
    }
    Optional<List<String>> hash = command(List.of("HGETALL", HASH));
    if (hash.isEmpty()) {
      return false;
    }
    takenOver = true;
    Set<String> ours = new HashSet<>();
    kept.forEach(
        snapshot ->
            snapshot
                .jobs()
                .forEach(
                    job -> {
                      ours.add(job.delayId());
                      job(new Change.Keep(snapshot, job))
                          .filter(any -> isKept(job.state()))
                          .ifPresent(old -> shown.put(name(snapshot.key(), job.delayId()), old));
                    }));
    int taken = 0;
    for (int i = 0; i + 1 < hash.get().size(); i += 2) {
      Optional<OldJob> old = OldJob.parse(hash.get().get(i + 1));
      if (old.isPresent() && !ours.contains(old.get().delayId())) {
        if (old.get().aliveUntil().isAfter(clock.instant())) {
          Delegation delegation = old.get().takenOver(site);
          own.insert(delegation, old.get().aliveUntil().toEpochMilli());
          shown.put(name(delegation.key(), delegation.delayId()), old.get());
          taken++;
        } else {
          // The homeserver has fired it.
          var unused = command(List.of("HDEL", HASH, hash.get().get(i)));
        }
      }
    }
    LOG.infof("event=redis-jobs-taken-over jobs=%d", taken);
    return taken > 0;
  }

  private synchronized boolean isShown(String name) {
    return shown.containsKey(name);
  }

  private synchronized void show(String name, OldJob job) {
    shown.put(name, job);
    if (takenOver) {
      var unused = command(List.of("HSET", HASH, job.field(), job.text()));
    }
  }

  private synchronized void hide(String name) {
    OldJob job = shown.remove(name);
    boolean replaced =
        job != null && shown.values().stream().anyMatch(other -> other.field().equals(job.field()));
    if (job != null && takenOver && !replaced) {
      var unused = command(List.of("HDEL", HASH, job.field()));
    }
  }

  /** All of our jobs were restarted in time up to now. */
  private synchronized void refresh(Instant now) {
    if (!takenOver || shown.isEmpty() || refreshed.plus(REFRESH).isAfter(now)) {
      return;
    }
    refreshed = now;
    List<String> words = new ArrayList<>(List.of("HSET", HASH));
    shown.replaceAll((name, job) -> job.restarted(now));
    shown
        .values()
        .forEach(
            job -> {
              words.add(job.field());
              words.add(job.text());
            });
    var unused = command(words);
  }

  private Optional<List<String>> command(List<String> words) {
    if (away && clock.instant().isBefore(retryAt)) {
      // Nobody who hands over a leave shall wait for a server that does not answer.
      return Optional.empty();
    }
    try {
      List<String> answer = redis.command(words);
      if (away) {
        LOG.info("event=redis-back");
        away = false;
      }
      return Optional.of(answer);
    } catch (IOException e) {
      retryAt = clock.instant().plus(REFRESH);
      if (!away) {
        LOG.warnf("event=redis-away problem=\"%s\"", e.getMessage());
        away = true;
      }
      return Optional.empty();
    }
  }

  private static String name(JobKey key, String delayId) {
    return key.site() + "\n" + delayId;
  }

  @Override
  public void close() {
    redis.close();
  }
}
