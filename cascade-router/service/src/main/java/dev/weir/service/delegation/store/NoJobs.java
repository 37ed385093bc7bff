package dev.weir.service.delegation.store;

import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.Snapshot;
import java.util.List;

/** Of a process that keeps no delegated leaves: no database, and nothing is taken over. */
public final class NoJobs implements JobStore {

  @Override
  public void insert(Delegation delegation, long aliveUntil) throws StoreAway {
    throw new StoreAway("this process keeps no delegated leaves");
  }

  @Override
  public void apply(List<Change> changes) {
    // What it runs until a router takes it over is in the router's database.
  }

  @Override
  public List<Snapshot> load() {
    return List.of();
  }

  @Override
  public void beat(String replica, long at) {
    // It runs no jobs.
  }

  @Override
  public long lastBeat() {
    return 0;
  }
}
