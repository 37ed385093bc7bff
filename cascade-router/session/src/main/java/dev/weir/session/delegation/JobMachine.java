package dev.weir.session.delegation;

import dev.weir.session.delegation.JobEvent.Absent;
import dev.weir.session.delegation.JobEvent.Answered;
import dev.weir.session.delegation.JobEvent.Expected;
import dev.weir.session.delegation.JobEvent.Superseded;
import dev.weir.session.delegation.JobState.Connected;
import dev.weir.session.delegation.JobState.Ended;
import dev.weir.session.delegation.JobState.Leaving;
import dev.weir.session.delegation.JobState.Replaced;
import dev.weir.session.delegation.JobState.Waiting;
import java.util.Optional;

/**
 * The life of one delayed event. Waiting and connected jobs restart it at 80 % of its delay. A
 * connected job leaves when the SFU says that the member's last attachment ended, a waiting one
 * when its time is over; both ask the SFUs before they send, because a client may have come back
 * meanwhile. An attachment that appears while leaving takes the job back. A job that a newer event
 * replaced makes sure that the old one cannot fire into the new session.
 */
public final class JobMachine {
  private final Timing timing;

  public JobMachine(Timing timing) {
    this.timing = timing;
  }

  /** A job for a delayed event that has just been handed over. */
  public Job begin(String delayId, long delayMillis, String membership, long now) {
    long until = now + Timing.waiting(delayMillis);
    // The client made the event some time ago: half of the delay is certainly still left, and the
    // client restarts it once more itself.
    return new Job(
        delayId,
        delayMillis,
        membership,
        new Waiting(until, false),
        now + delayMillis,
        now + delayMillis / 2,
        0,
        false,
        true,
        false);
  }

  public Step on(Job job, JobEvent event, long now) {
    Job next =
        switch (event) {
          case JobEvent.Here _ -> here(job, now);
          case Expected expected -> expected(job, expected, now);
          case JobEvent.Left _ -> left(job, now);
          case Absent absent -> absent(job, absent, now);
          case JobEvent.Aborted _ -> aborted(job, now);
          case JobEvent.Wake _ -> job;
          case Answered answered -> answered(job, answered, now);
          case Superseded superseded -> superseded(job, superseded, now);
          case JobEvent.Renewed renewed -> renewed(job, renewed, now);
          case JobEvent.Kicked _ -> kicked(job);
          case JobEvent.TakenOver _ -> takenOver(job, now);
        };
    return proceed(next, now);
  }

  private static Job here(Job job, long now) {
    return switch (job.state()) {
      case Waiting _, Leaving _ -> job.in(new Connected()).connectedOnce().dueAtOnce(now);
      case Connected _, Replaced _, Ended _ -> job;
    };
  }

  private static Job expected(Job job, Expected expected, long now) {
    return switch (job.state()) {
      case Waiting waiting ->
          job.in(new Waiting(Math.max(waiting.until(), expected.until()), false));
      case Connected _ -> job.in(new Waiting(expected.until(), false));
      case Leaving _ -> job.in(new Waiting(expected.until(), false)).dueAtOnce(now);
      case Replaced _, Ended _ -> job;
    };
  }

  private static Job left(Job job, long now) {
    return switch (job.state()) {
      case Waiting _, Connected _ ->
          job.in(new Leaving(leaveUntil(job, now), now + Timing.TRUST)).dueAtOnce(now);
      case Leaving leaving ->
          leaving.confirmed()
              ? job
              : job.in(
                  new Leaving(leaving.until(), Math.min(leaving.trustAt(), now + Timing.TRUST)));
      case Replaced _, Ended _ -> job;
    };
  }

  private static Job absent(Job job, Absent absent, long now) {
    return switch (job.state()) {
      case Waiting waiting -> {
        if (absent.askedAt() < waiting.until()) {
          yield job;
        }
        yield waiting.aborted()
            ? job.in(new Ended(Ending.ABORTED))
            : job.in(new Leaving(leaveUntil(job, now), 0)).dueAtOnce(now);
      }
      case Connected _ -> job.in(new Leaving(leaveUntil(job, now), 0)).dueAtOnce(now);
      case Leaving leaving ->
          leaving.confirmed() || absent.askedAt() < job.dueAt()
              ? job
              : job.in(new Leaving(leaving.until(), 0));
      case Replaced _, Ended _ -> job;
    };
  }

  private static Job aborted(Job job, long now) {
    return switch (job.state()) {
      case Waiting waiting ->
          job.in(
              new Waiting(
                  Math.min(waiting.until(), now + Timing.ABORT_GRACE), !job.everConnected()));
      case Connected _, Leaving _, Replaced _, Ended _ -> job;
    };
  }

  private static Job superseded(Job job, Superseded superseded, long now) {
    return switch (job.state()) {
      case Waiting _, Connected _, Leaving _ ->
          job.in(
                  new Replaced(
                      superseded.sameMembership() ? Verb.CANCEL : Verb.SEND, leaveUntil(job, now)))
              .dueAtOnce(now);
      case Replaced _, Ended _ -> job;
    };
  }

  private static Job renewed(Job job, JobEvent.Renewed renewed, long now) {
    return switch (job.state()) {
      case Waiting waiting ->
          job.in(
                  new Waiting(
                      Math.max(waiting.until(), now + Timing.waiting(renewed.delayMillis())),
                      false))
              .delayed(renewed.delayMillis());
      case Connected _, Leaving _ -> job.delayed(renewed.delayMillis());
      case Replaced _, Ended _ -> job;
    };
  }

  private static Job kicked(Job job) {
    return switch (job.state()) {
      case Waiting _, Connected _, Leaving _ -> job.in(new Ended(Ending.KICKED));
      case Replaced _, Ended _ -> job;
    };
  }

  private static Job takenOver(Job job, long now) {
    return switch (job.state()) {
      case Waiting _, Connected _, Replaced _ -> job.dueAtOnce(now);
      case Leaving leaving -> job.in(new Leaving(leaving.until(), JobState.NEVER)).dueAtOnce(now);
      case Ended _ -> job;
    };
  }

  private Job answered(Job job, Answered answered, long now) {
    if (job.ended()) {
      return job;
    }
    boolean wanted = answered.verb() == verb(job.state());
    return switch (answered.answer()) {
      case Answer.Forgotten _ ->
          job.in(new Ended(job.state() instanceof Replaced ? Ending.REPLACED : Ending.FORGOTTEN));
      case Answer.Done _ ->
          switch (answered.verb()) {
            case RESTART -> restarted(job, answered.sentAt(), wanted, now);
            case SEND, CANCEL -> job.in(new Ended(finished(job, answered.verb())));
          };
      case Answer.Limited limited -> wanted ? again(job, Math.max(now, limited.retryAt())) : job;
      case Answer.Failed _ ->
          wanted ? again(job, now + timing.backoff(job.failures(), left(job) - now)) : job;
    };
  }

  /**
   * A leave that could not be sent waits, and meanwhile the member may have come back: ask again.
   */
  private static Job again(Job job, long at) {
    Job later = job.retry(at);
    return job.state() instanceof Leaving leaving
        ? later.in(new Leaving(leaving.until(), at + Timing.TRUST))
        : later;
  }

  private static Ending finished(Job job, Verb verb) {
    if (job.state() instanceof Replaced) {
      return Ending.REPLACED;
    }
    return verb == Verb.SEND ? Ending.SENT : Ending.FORGOTTEN;
  }

  private Job restarted(Job job, long sentAt, boolean wanted, long now) {
    Job alive = job.alive(now + job.delayMillis());
    return switch (job.state()) {
      case Waiting _, Connected _ ->
          wanted
              ? alive.due(
                  sentAt
                      + (job.atOnce()
                          ? timing.firstBeat(job.delayMillis())
                          : Timing.beat(job.delayMillis())))
              : alive;
      // A restart that overtook the decision has made the event live longer.
      case Leaving leaving -> alive.in(new Leaving(leaveUntil(alive, now), leaving.trustAt()));
      case Replaced replaced -> alive.in(new Replaced(replaced.verb(), leaveUntil(alive, now)));
      case Ended _ -> job;
    };
  }

  /** Does what has become due. */
  private static Step proceed(Job job, long now) {
    return switch (job.state()) {
      case Waiting _, Connected _ -> {
        if (!job.calling() && now >= job.aliveUntil()) {
          yield Step.quiet(job.in(new Ended(Ending.EXPIRED)));
        }
        yield call(job, job.aliveUntil(), now);
      }
      case Leaving leaving -> {
        if (now >= leaving.until() && !job.calling()) {
          yield Step.quiet(job.in(new Ended(Ending.EXPIRED)));
        }
        if (leaving.confirmed()) {
          yield call(job, leaving.until(), now);
        }
        yield now >= leaving.trustAt()
            ? call(job.in(new Leaving(leaving.until(), 0)), leaving.until(), now)
            : Step.quiet(job);
      }
      case Replaced replaced ->
          now >= replaced.until() && !job.calling()
              ? Step.quiet(job.in(new Ended(Ending.REPLACED)))
              : call(job, replaced.until(), now);
      case Ended _ -> Step.quiet(job);
    };
  }

  private static Step call(Job job, long deadline, long now) {
    if (job.calling() || now < job.dueAt()) {
      return Step.quiet(job);
    }
    return new Step(
        job.called(),
        Optional.of(new Step.Call(verb(job.state()), job.delayId(), job.dueAt(), deadline)));
  }

  static Verb verb(JobState state) {
    return switch (state) {
      case Waiting _, Connected _, Ended _ -> Verb.RESTART;
      case Leaving _ -> Verb.SEND;
      case Replaced replaced -> replaced.verb();
    };
  }

  private static long left(Job job) {
    return switch (job.state()) {
      case Waiting _, Connected _, Ended _ -> job.aliveUntil();
      case Leaving leaving -> leaving.until();
      case Replaced replaced -> replaced.until();
    };
  }

  private static long leaveUntil(Job job, long now) {
    return now + Timing.clamp(job.aliveUntil() - now);
  }
}
