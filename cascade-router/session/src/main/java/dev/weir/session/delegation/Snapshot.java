package dev.weir.session.delegation;

import java.util.List;
import java.util.Set;

/**
 * What outlives a replica of a {@link Track}: enough to go on, and to ask the SFUs for the rest.
 *
 * @param jobs the current one and those that were replaced but are not over yet
 * @param oldIds delayed events that were replaced: a late copy of an old request changes nothing
 */
public record Snapshot(
    JobKey key, List<Kept> jobs, Set<String> identities, Set<String> rooms, Set<String> oldIds) {
  public Snapshot {
    jobs = List.copyOf(jobs);
    identities = Set.copyOf(identities);
    rooms = Set.copyOf(rooms);
    oldIds = Set.copyOf(oldIds);
  }

  /**
   * The part of a job that is worth keeping.
   *
   * @param aliveUntil an upper bound: after it the homeserver has fired the event for certain
   */
  public record Kept(
      String delayId,
      long delayMillis,
      String membership,
      JobState state,
      long aliveUntil,
      boolean everConnected) {

    static Kept of(Job job) {
      return new Kept(
          job.delayId(),
          job.delayMillis(),
          job.membership(),
          job.state(),
          job.aliveUntil(),
          job.everConnected());
    }

    Job resume(long now) {
      return new Job(
          delayId, delayMillis, membership, state, aliveUntil, now, 0, false, true, everConnected);
    }

    public Kept aliveUntil(long until) {
      return new Kept(delayId, delayMillis, membership, state, until, everConnected);
    }
  }
}
