package dev.weir.service.slots;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.topic.ITopic;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Says when replicas came, went, or were apart.
 *
 * <ul>
 *   <li>Owners: work may belong to another replica now.
 *   <li>Doubt: news may have been lost with a replica, so what is remembered of the shared maps is
 *       to be read again.
 *   <li>Divergence: entries were lost, or two halves of the cluster wrote apart from each other.
 *       Every replica hears of it, whichever of them noticed.
 * </ul>
 *
 * One thread tells all of it, doubt before divergence; what comes in a burst is told once.
 */
@Singleton
public final class Upheavals {
  private static final Logger LOG = Logger.getLogger(Upheavals.class);
  private static final String DIVERGED = "diverged";
  private static final long BURST_MILLIS = 200;

  /**
   * Every map has one backup that is waited for: with that gone too, entries are lost, or are what
   * the other one had heard of so far.
   */
  private static final int BACKUPS = 1;

  private final ITopic<String> news;
  private final List<Runnable> owners = new CopyOnWriteArrayList<>();
  private final List<Runnable> doubt = new CopyOnWriteArrayList<>();
  private final List<Runnable> divergence = new CopyOnWriteArrayList<>();
  private final AtomicBoolean doubtDue = new AtomicBoolean();
  private final AtomicBoolean divergenceDue = new AtomicBoolean();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("weir-upheavals").factory());

  public Upheavals(HazelcastInstance hazelcast) {
    this.news = hazelcast.getTopic("weir.upheavals");
    news.addMessageListener(message -> later(divergenceDue, divergence));
    hazelcast
        .getCluster()
        .addMembershipListener(
            new MembershipListener() {
              @Override
              public void memberAdded(MembershipEvent event) {
                now(owners);
              }

              @Override
              public void memberRemoved(MembershipEvent event) {
                now(owners);
                later(doubtDue, doubt);
              }
            });
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
                LOG.warn("event=replicas-reunited");
                now(owners);
                diverged();
              }
            });
    hazelcast
        .getPartitionService()
        .addPartitionLostListener(
            event -> {
              if (event.getLostBackupCount() >= BACKUPS) {
                diverged();
              }
            });
  }

  public void onOwners(Runnable listener) {
    owners.add(listener);
  }

  public void onDoubt(Runnable listener) {
    doubt.add(listener);
  }

  public void onDivergence(Runnable listener) {
    divergence.add(listener);
  }

  private void diverged() {
    later(doubtDue, doubt);
    execute(
        () -> {
          try {
            news.publish(DIVERGED);
          } catch (HazelcastException e) {
            later(divergenceDue, divergence);
          }
        });
  }

  private void now(List<Runnable> listeners) {
    execute(() -> tell(listeners));
  }

  private void later(AtomicBoolean due, List<Runnable> listeners) {
    if (due.compareAndSet(false, true)) {
      try {
        var unused =
            thread.schedule(
                () -> {
                  due.set(false);
                  tell(listeners);
                },
                BURST_MILLIS,
                TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("event=upheaval-at-shutdown");
      }
    }
  }

  private void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("event=upheaval-at-shutdown");
    }
  }

  private static void tell(List<Runnable> listeners) {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (HazelcastInstanceNotActiveException e) {
        LOG.debug("event=upheaval-at-shutdown");
      } catch (RuntimeException e) {
        LOG.error("event=upheaval-listener-failed", e);
      }
    }
  }

  @PreDestroy
  void close() {
    thread.shutdownNow();
  }
}
