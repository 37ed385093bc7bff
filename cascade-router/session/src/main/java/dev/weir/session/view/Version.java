package dev.weir.session.view;

import dev.weir.session.CodePoints;
import java.time.Instant;

/**
 * Version of a record. The epoch outranks everything: a site takes a new one whenever it may have
 * forgotten which counters it gave out.
 */
public record Version(long epoch, long counter, String replica) implements Comparable<Version> {
  public static final Version NONE = new Version(0, 0, "");

  /**
   * The first version of a new epoch: above the stored one, above what any peer has seen of us, and
   * normally the wall clock, so that a site that lost its store still rises.
   */
  public static Version newEpoch(
      long stored, long highestSeenByPeers, Instant now, String replica) {
    long floor = Math.max(stored, highestSeenByPeers) + 1;
    return new Version(Math.max(floor, now.toEpochMilli()), 0, replica);
  }

  public Version next() {
    return new Version(epoch, counter + 1, replica);
  }

  public Version next(String byReplica) {
    return new Version(epoch, counter + 1, byReplica);
  }

  public boolean isAbove(Version other) {
    return compareTo(other) > 0;
  }

  @Override
  public int compareTo(Version other) {
    int byEpoch = Long.compare(epoch, other.epoch);
    if (byEpoch != 0) {
      return byEpoch;
    }
    int byCounter = Long.compare(counter, other.counter);
    return byCounter != 0 ? byCounter : CodePoints.compare(replica, other.replica);
  }
}
