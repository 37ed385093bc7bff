package dev.weir.service.delegation;

import dev.weir.session.delegation.Answer;
import dev.weir.session.delegation.Ending;
import dev.weir.session.delegation.Job;
import dev.weir.session.delegation.JobState;
import dev.weir.session.delegation.Verb;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What an admin watches. */
final class Meters {
  private static final long LATE = 1_000;

  private final MeterRegistry registry;
  private final Map<String, AtomicInteger> jobs = new ConcurrentHashMap<>();
  private final AtomicInteger storeAway = new AtomicInteger();
  private final AtomicLong queued = new AtomicLong();
  private final Timer lateness;
  private final Counter late;

  Meters(MeterRegistry registry) {
    this.registry = registry;
    for (String state : new String[] {"waiting", "connected", "leaving", "replaced"}) {
      AtomicInteger gauge = new AtomicInteger();
      jobs.put(state, gauge);
      registry.gauge("weir.delegation.jobs", List.of(Tag.of("state", state)), gauge);
    }
    registry.gauge("weir.delegation.store.away", storeAway);
    registry.gauge("weir.delegation.calls.queued", queued);
    lateness =
        Timer.builder("weir.delegation.restart.lateness")
            .description("How long after its time a restart was sent")
            .publishPercentileHistogram()
            .maximumExpectedValue(Duration.ofSeconds(30))
            .register(registry);
    late =
        Counter.builder("weir.delegation.restarts.late")
            .description("Restarts sent more than a second after their time")
            .register(registry);
  }

  static String name(JobState state) {
    return switch (state) {
      case JobState.Waiting _ -> "waiting";
      case JobState.Connected _ -> "connected";
      case JobState.Leaving _ -> "leaving";
      case JobState.Replaced _ -> "replaced";
      case JobState.Ended _ -> "ended";
    };
  }

  void entered(String state) {
    count(state, 1);
  }

  void left(String state) {
    count(state, -1);
  }

  private void count(String state, int by) {
    AtomicInteger gauge = jobs.get(state);
    if (gauge != null) {
      gauge.addAndGet(by);
    }
  }

  /** A restart is sent. */
  void restarting(long lateMillis) {
    lateness.record(Duration.ofMillis(Math.max(0, lateMillis)));
    if (lateMillis > LATE) {
      late.increment();
    }
  }

  void answered(String site, String homeserver, Verb verb, Answer answer) {
    String result =
        switch (answer) {
          case Answer.Done _ -> "done";
          case Answer.Forgotten _ -> "forgotten";
          case Answer.Limited _ -> "limited";
          case Answer.Failed _ -> "failed";
        };
    registry
        .counter(
            "weir.delegation.calls",
            List.of(
                Tag.of("site", site),
                Tag.of("homeserver", homeserver),
                Tag.of("verb", verb.path()),
                Tag.of("result", result)))
        .increment();
    if (answer instanceof Answer.Limited) {
      registry
          .counter("weir.delegation.ratelimited", "site", site, "homeserver", homeserver)
          .increment();
    }
  }

  /** A job is over; sends are told apart by what they were for. */
  void ended(Job job, Ending why) {
    registry
        .counter("weir.delegation.ended", "reason", why.name().toLowerCase(Locale.ROOT))
        .increment();
    if (why == Ending.SENT) {
      registry
          .counter(
              "weir.delegation.sends", "reason", job.everConnected() ? "gone" : "never-connected")
          .increment();
    }
  }

  void queued(long calls) {
    queued.set(calls);
  }

  void storeAway(boolean away) {
    storeAway.set(away ? 1 : 0);
  }

  void refused(String reason) {
    registry.counter("weir.delegation.refused", "reason", reason).increment();
  }
}
