package dev.weir.session.move;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a node is dead, from what the router's replicas see of it.
 *
 * <p>A node is DOWN only when no live replica reaches it: one that this replica cannot reach but
 * another can is merely SUSPECT (its calls run; killing them would be the second harm). A refused
 * connection is a word of the node's own host and is believed when it is confirmed once; silence is
 * believed after a while. A replica that has said nothing since the trouble began is waited for,
 * but not for long: it may be what died.
 *
 * <p>A node that comes back is SETTLING: it serves what it holds and takes new rooms, but no room
 * moves onto it, for longer with every time that it went down again. One that was taken down on
 * purpose has not fallen, and serves at once.
 */
public final class NodeWatch {

  /** What one replica found last. */
  public enum Reach {
    REACHED,
    REFUSED,
    SILENT
  }

  /** What the verdict is. */
  public enum Verdict {
    SERVING,
    SUSPECT,
    DOWN,
    SETTLING
  }

  /**
   * The newest finding of one replica.
   *
   * @param since since when the replica has found the same kind (reached, or not) without a break
   * @param times how often in that time: a replica that was starved itself has long silences, but
   *     few of them
   */
  public record Report(String replica, Reach reach, Instant since, Instant at, int times) {
    boolean bad() {
      return reach != Reach.REACHED;
    }
  }

  /**
   * What is thought of a node.
   *
   * @param since when the verdict became this one
   * @param falls how often it went down without having settled in between
   */
  public record Health(Verdict verdict, Instant since, int falls) {
    public static Health fresh(Instant now) {
      return new Health(Verdict.SERVING, now, 0);
    }

    /** Whether rooms may be moved onto the node. */
    public boolean takesMoves() {
      return verdict == Verdict.SERVING;
    }

    /** Whether new rooms may be placed on the node. */
    public boolean takesRooms() {
      return verdict == Verdict.SERVING || verdict == Verdict.SETTLING;
    }
  }

  /**
   * Times of the watch.
   *
   * @param fresh how old a report may be and still count
   * @param refused how long refusals must go on; two probes
   * @param hearing how long other replicas are waited for
   * @param settle how long a node that came back is on probation, the first time
   */
  public record Timing(Duration fresh, Duration refused, Duration hearing, Duration settle) {
    public static Timing defaults() {
      return new Timing(
          Duration.ofSeconds(3),
          Duration.ofMillis(150),
          Duration.ofMillis(700),
          Duration.ofSeconds(60));
    }
  }

  private static final int MAX_FALLS = 5;
  private static final int REFUSALS = 2;
  private static final int SILENCES = 3;

  private final Timing timing;

  public NodeWatch(Timing timing) {
    this.timing = timing;
  }

  /**
   * Judges a node.
   *
   * @param reports the newest of each replica, own one included
   * @param replicas those that live, by the cluster's word
   * @param silence how long this node must be silent to be believed dead: longer for one that is
   *     known to answer slowly
   * @param onPurpose whether somebody takes it down, or has yet to bring it up
   */
  public Health judge(
      Health before,
      Collection<Report> reports,
      Set<String> replicas,
      Duration silence,
      boolean onPurpose,
      Instant now) {
    boolean reached = reports.stream().anyMatch(r -> !r.bad() && isFresh(r, now));
    Optional<Report> worst =
        reports.stream()
            .filter(r -> r.bad() && isFresh(r, now))
            .min(Comparator.comparing(Report::since));
    if (worst.isEmpty()) {
      return reached ? recovered(before, now) : before;
    }
    if (reached) {
      return before.verdict() == Verdict.DOWN ? before : become(before, Verdict.SUSPECT, now);
    }
    return believed(reports, replicas, worst.get(), silence, now)
        ? down(before, onPurpose, now)
        : before.verdict() == Verdict.DOWN ? before : become(before, Verdict.SUSPECT, now);
  }

  private boolean believed(
      Collection<Report> reports,
      Set<String> replicas,
      Report worst,
      Duration silence,
      Instant now) {
    boolean proved =
        reports.stream()
            .filter(r -> r.bad() && isFresh(r, now))
            .anyMatch(
                r -> {
                  Duration lasting = Duration.between(r.since(), now);
                  Duration needed = r.reach() == Reach.REFUSED ? timing.refused() : silence;
                  int looks = r.reach() == Reach.REFUSED ? REFUSALS : SILENCES;
                  return lasting.compareTo(needed) >= 0 && r.times() >= looks;
                });
    boolean allHeard =
        replicas.stream()
            .allMatch(
                replica ->
                    reports.stream()
                        .anyMatch(r -> r.replica().equals(replica) && r.bad() && isFresh(r, now)));
    boolean heardEnough = Duration.between(worst.since(), now).compareTo(timing.hearing()) >= 0;
    return proved && (allHeard || heardEnough);
  }

  private Health recovered(Health before, Instant now) {
    return switch (before.verdict()) {
      case SERVING -> before;
      case SUSPECT, DOWN ->
          new Health(before.falls() > 0 ? Verdict.SETTLING : Verdict.SERVING, now, before.falls());
      case SETTLING ->
          Duration.between(before.since(), now).compareTo(probation(before)) >= 0
              ? new Health(Verdict.SERVING, now, 0)
              : before;
    };
  }

  private Duration probation(Health health) {
    return timing.settle().multipliedBy(1L << Math.clamp(health.falls() - 1, 0, MAX_FALLS));
  }

  private static Health down(Health before, boolean onPurpose, Instant now) {
    int falls = onPurpose ? before.falls() : Math.min(before.falls() + 1, MAX_FALLS);
    return before.verdict() == Verdict.DOWN ? before : new Health(Verdict.DOWN, now, falls);
  }

  private static Health become(Health before, Verdict verdict, Instant now) {
    return before.verdict() == verdict ? before : new Health(verdict, now, before.falls());
  }

  private boolean isFresh(Report report, Instant now) {
    return Duration.between(report.at(), now).compareTo(timing.fresh()) <= 0;
  }
}
