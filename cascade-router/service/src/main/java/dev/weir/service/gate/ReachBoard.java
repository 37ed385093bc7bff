package dev.weir.service.gate;

import dev.weir.session.move.NodeWatch.Reach;
import dev.weir.session.move.NodeWatch.Report;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What the replicas have found of each node, for all of them to see. */
public interface ReachBoard {

  /** This replica's name. */
  String self();

  /** Replicas that live, by the cluster's word; with this one. */
  Set<String> replicas();

  /** How many of them carry signalling; with this one. */
  default int gates() {
    return replicas().size();
  }

  void put(String node, Report report);

  /** The newest report of each replica. */
  List<Report> of(String node);

  /** The newest report of this replica after another finding; the beginning of a run is kept. */
  static Report next(List<Report> before, String replica, Reach reach, Instant now) {
    boolean bad = reach != Reach.REACHED;
    return before.stream()
        .filter(r -> r.replica().equals(replica) && (r.reach() != Reach.REACHED) == bad)
        .findFirst()
        .map(r -> new Report(replica, reach, r.since(), now, r.times() + 1))
        .orElse(new Report(replica, reach, now, now, 1));
  }

  /** For a router of one replica. */
  final class Alone implements ReachBoard {
    private final ConcurrentMap<String, Report> reports = new ConcurrentHashMap<>();

    @Override
    public String self() {
      return "self";
    }

    @Override
    public Set<String> replicas() {
      return Set.of(self());
    }

    @Override
    public void put(String node, Report report) {
      reports.put(node, report);
    }

    @Override
    public List<Report> of(String node) {
      Report report = reports.get(node);
      return report == null ? List.of() : List.of(report);
    }
  }
}
