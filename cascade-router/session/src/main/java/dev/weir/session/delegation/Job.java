package dev.weir.session.delegation;

import dev.weir.session.delegation.JobState.Ended;
import dev.weir.session.delegation.JobState.Leaving;
import dev.weir.session.delegation.JobState.Waiting;

/**
 * One delayed event in our care.
 *
 * @param aliveUntil the homeserver has fired it for certain after this time
 * @param dueAt when the state's verb is called next
 * @param failures calls in a row without a useful answer
 * @param calling a call of the state's verb is under way
 * @param atOnce the next restart is outside the beat: its time says nothing about the job's phase
 * @param everConnected the member was seen attached since the event was handed over
 */
public record Job(
    String delayId,
    long delayMillis,
    String membership,
    JobState state,
    long aliveUntil,
    long dueAt,
    int failures,
    boolean calling,
    boolean atOnce,
    boolean everConnected) {

  public boolean ended() {
    return state instanceof Ended;
  }

  /** When the job wants to be woken, if nothing else happens. */
  public long wakeAt(long now) {
    // Whoever makes the call always answers in the end, and that wakes the job too.
    long call = calling ? JobState.NEVER : dueAt;
    return switch (state) {
      case Waiting waiting -> Math.min(beat(call), waiting.until() > now ? waiting.until() : call);
      case JobState.Connected _ -> beat(call);
      case Leaving leaving when leaving.confirmed() ->
          calling ? JobState.NEVER : Math.min(call, leaving.until());
      case Leaving leaving -> Math.min(dueAt > now ? dueAt : leaving.trustAt(), leaving.until());
      case JobState.Replaced replaced ->
          calling ? JobState.NEVER : Math.min(call, replaced.until());
      case Ended _ -> JobState.NEVER;
    };
  }

  private long beat(long call) {
    return calling ? JobState.NEVER : Math.min(call, aliveUntil);
  }

  /** Whether only the SFUs' answer can bring it on, so that they must be asked. */
  public boolean wantsProof(long now) {
    return switch (state) {
      case Waiting waiting -> now >= waiting.until();
      // What is asked before the leave is due says nothing about then.
      case Leaving leaving -> !leaving.confirmed() && now >= dueAt;
      case JobState.Connected _, JobState.Replaced _, Ended _ -> false;
    };
  }

  Job in(JobState next) {
    return new Job(
        delayId,
        delayMillis,
        membership,
        next,
        aliveUntil,
        dueAt,
        failures,
        calling,
        atOnce,
        everConnected);
  }

  /** The state's verb is to be called now, whatever the beat was. */
  Job dueAtOnce(long now) {
    return new Job(
        delayId, delayMillis, membership, state, aliveUntil, now, 0, false, true, everConnected);
  }

  Job due(long at) {
    return new Job(
        delayId, delayMillis, membership, state, aliveUntil, at, 0, false, false, everConnected);
  }

  Job retry(long at) {
    return new Job(
        delayId,
        delayMillis,
        membership,
        state,
        aliveUntil,
        at,
        failures + 1,
        false,
        atOnce,
        everConnected);
  }

  Job called() {
    return new Job(
        delayId,
        delayMillis,
        membership,
        state,
        aliveUntil,
        dueAt,
        failures,
        true,
        atOnce,
        everConnected);
  }

  Job alive(long until) {
    return new Job(
        delayId,
        delayMillis,
        membership,
        state,
        until,
        dueAt,
        failures,
        calling,
        atOnce,
        everConnected);
  }

  Job connectedOnce() {
    return new Job(
        delayId,
        delayMillis,
        membership,
        state,
        aliveUntil,
        dueAt,
        failures,
        calling,
        atOnce,
        true);
  }

  Job delayed(long millis) {
    return new Job(
        delayId,
        millis,
        membership,
        state,
        aliveUntil,
        dueAt,
        failures,
        calling,
        atOnce,
        everConnected);
  }
}
