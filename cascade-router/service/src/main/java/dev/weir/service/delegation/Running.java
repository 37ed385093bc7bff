package dev.weir.service.delegation;

import dev.weir.session.delegation.Job;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Track;
import java.util.ArrayList;
import java.util.List;

/** One member's track in this replica, with what the engine remembers of it. */
final class Running {
  /** What the next owner must know; times are left out, because they change all the time. */
  record Durable(List<String> jobs, int identities, int rooms, int oldIds) {}

  private static final double BEATS_PER_DELAY = 1.25;

  private final Track track;
  private long armedFor = JobState.NEVER;
  private Durable kept = new Durable(List.of(), 0, 0, 0);
  private List<String> counted = List.of();
  private double rate;

  Running(Track track) {
    this.track = track;
  }

  Track track() {
    return track;
  }

  long armedFor() {
    return armedFor;
  }

  void arm(long at) {
    armedFor = at;
  }

  /** True if what must outlive this replica has changed since the last time. */
  boolean changed() {
    List<String> jobs = new ArrayList<>();
    for (Job job : jobs()) {
      jobs.add(job.delayId() + " " + state(job) + " " + job.everConnected() + job.delayMillis());
    }
    Durable now =
        new Durable(jobs, track.identities().size(), track.rooms().size(), track.oldIds().size());
    if (now.equals(kept)) {
      return false;
    }
    kept = now;
    return true;
  }

  private static String state(Job job) {
    return switch (job.state()) {
      case JobState.Waiting waiting -> "waiting " + waiting.aborted();
      case JobState.Leaving _ -> "leaving";
      case JobState.Connected _ -> "connected";
      case JobState.Replaced replaced -> "replaced " + replaced.verb();
      case JobState.Ended _ -> "ended";
    };
  }

  /** Names of the states of its jobs, and those that were told last time. */
  List<String> count(List<String> states) {
    List<String> before = counted;
    counted = states;
    return before;
  }

  List<String> states() {
    List<String> states = new ArrayList<>();
    for (Job job : jobs()) {
      states.add(Meters.name(job.state()));
    }
    return states;
  }

  private List<Job> jobs() {
    List<Job> jobs = new ArrayList<>(track.replaced());
    track.current().ifPresent(jobs::add);
    return jobs;
  }

  /** Calls a second that it needs; the change since the last time. */
  double rateChange() {
    double now =
        track.current().map(job -> BEATS_PER_DELAY * 1_000 / job.delayMillis()).orElse(0.0);
    double change = now - rate;
    rate = now;
    return change;
  }

  /** It is dropped: takes its part of the rate back. */
  double rateGone() {
    double change = -rate;
    rate = 0;
    return change;
  }
}
