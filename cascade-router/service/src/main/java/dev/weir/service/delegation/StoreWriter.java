package dev.weir.service.delegation;

import dev.weir.service.delegation.store.JobStore;
import dev.weir.service.delegation.store.JobStore.Change;
import dev.weir.service.delegation.store.StoreAway;
import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;

/**
 * Brings changes into the store behind the jobs' back. While the store is away they are kept, the
 * newest of each delayed event, and written when it is back. Beats say until when jobs were
 * certainly restarted: a restart after everything was down tells by them what must have fired.
 */
final class StoreWriter implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StoreWriter.class);

  static final long BEAT = 1_000;
  private static final long GATHER = 50;

  private final JobStore store;
  private final TimeLine time;
  private final String replica;
  private final Meters meters;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Map<String, Change> pending = new LinkedHashMap<>();
  private volatile boolean away;
  private volatile boolean closed;
  private final Thread thread;

  StoreWriter(JobStore store, TimeLine time, String replica, Meters meters) {
    this.store = store;
    this.time = time;
    this.replica = replica;
    this.meters = meters;
    this.thread = Thread.ofPlatform().name("weir-delegation-store").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  boolean away() {
    return away;
  }

  /** Blocks until the delegation is durable. */
  void insert(Delegation delegation) throws StoreAway {
    try {
      store.insert(delegation, time.wallNow() + delegation.delayMillis());
    } catch (StoreAway e) {
      wentAway(e);
      throw e;
    }
    cameBack();
  }

  List<Snapshot> load() throws StoreAway {
    return store.load();
  }

  long lastBeat() throws StoreAway {
    return store.lastBeat();
  }

  void keep(Snapshot snapshot) {
    List<Change> changes = new ArrayList<>();
    snapshot.jobs().forEach(job -> changes.add(new Change.Keep(snapshot, job)));
    add(changes);
  }

  void remove(JobKey key, String delayId) {
    add(List.of(new Change.Remove(key, delayId)));
  }

  private void add(List<Change> changes) {
    lock.lock();
    try {
      for (Change change : changes) {
        pending.put(change.key().site() + "\n" + change.delayId(), change);
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long beatAt = 0;
    while (!closed) {
      try {
        await(Math.max(1, Math.min(BEAT, beatAt - time.now())));
        if (time.now() >= beatAt) {
          store.beat(replica, time.wallNow());
          beatAt = time.now() + BEAT;
        }
        write();
        cameBack();
      } catch (StoreAway e) {
        wentAway(e);
        pause(BEAT);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.error("delegation store: a write failed in an unexpected way", e);
        pause(BEAT);
      }
    }
  }

  private void await(long millis) throws InterruptedException {
    lock.lock();
    try {
      if (pending.isEmpty()) {
        changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(millis));
      }
      if (!pending.isEmpty() && !closed) {
        // Changes come in bursts: one transaction for what comes together.
        changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(GATHER));
      }
    } finally {
      lock.unlock();
    }
  }

  private void pause(long millis) {
    lock.lock();
    try {
      if (!closed) {
        changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(millis));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void write() throws StoreAway {
    Map<String, Change> taken;
    lock.lock();
    try {
      taken = pending;
      pending = new LinkedHashMap<>();
    } finally {
      lock.unlock();
    }
    if (taken.isEmpty()) {
      return;
    }
    try {
      store.apply(List.copyOf(taken.values()));
    } catch (StoreAway e) {
      lock.lock();
      try {
        // What came meanwhile is newer.
        taken.putAll(pending);
        pending = taken;
      } finally {
        lock.unlock();
      }
      throw e;
    }
  }

  private void wentAway(StoreAway why) {
    if (!away) {
      away = true;
      meters.storeAway(true);
      LOG.warnf("delegation store away: %s", why.getMessage());
      LOG.debug("delegation store away", why);
    }
  }

  private void cameBack() {
    if (away) {
      away = false;
      meters.storeAway(false);
      LOG.info("delegation store is back");
    }
  }

  /** Writes what is left, once. */
  @Override
  public void close() {
    closed = true;
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(2_000);
      write();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StoreAway e) {
      LOG.warn("delegation store away: the last changes are not written");
    }
  }
}
