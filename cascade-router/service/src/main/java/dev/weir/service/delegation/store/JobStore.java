package dev.weir.service.delegation.store;

import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.Snapshot;
import java.util.List;

/** Where jobs survive. Times are Unix milliseconds of the wall clock. Every method may block. */
public interface JobStore {
  /** Returns when the delegation is durable. */
  void insert(Delegation delegation, long aliveUntil) throws StoreAway;

  /** Brings the rows of these members up to date, and removes those of events that are over. */
  void apply(List<Change> changes) throws StoreAway;

  /** Everything that was kept. */
  List<Snapshot> load() throws StoreAway;

  /** Notes that this replica is restarting its jobs at this time. */
  void beat(String replica, long at) throws StoreAway;

  /** The last time that any replica noted, or 0. */
  long lastBeat() throws StoreAway;

  /** What is to be written of one delayed event. */
  sealed interface Change {
    JobKey key();

    String delayId();

    record Keep(Snapshot of, Snapshot.Kept job) implements Change {
      @Override
      public JobKey key() {
        return of.key();
      }

      @Override
      public String delayId() {
        return job.delayId();
      }
    }

    record Remove(JobKey key, String delayId) implements Change {}
  }
}
