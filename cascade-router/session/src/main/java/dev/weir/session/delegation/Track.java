package dev.weir.session.delegation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that is known of one member in one slot: its presence, its delayed event, and older events
 * that must not fire any more. Evidence becomes events of the {@link JobMachine} here. Confined to
 * one thread; every method answers with the calls to make now, and {@link #wakeAt} and {@link
 * #asksAt} say when it wants to be woken and when the SFUs are to be asked.
 */
public final class Track {
  /** More reloads than a client makes while its homeserver is away. */
  private static final int MOST_REPLACED = 8;

  private static final int REMEMBERED_IDS = 8;
  private static final int MOST_ROOMS = 16;
  private static final long ASK_AGAIN = 1_000;

  private final JobKey key;
  private final JobMachine machine;
  private final Fences fences;
  private final Set<String> identities = new LinkedHashSet<>();
  private final Set<String> rooms = new LinkedHashSet<>();
  private final Presence presence = new Presence();
  private final List<Job> replaced = new ArrayList<>();
  private final Set<String> oldIds = new LinkedHashSet<>();
  private final List<Job> over = new ArrayList<>();
  private Optional<Job> current = Optional.empty();
  private long asksAt = JobState.NEVER;

  public Track(JobKey key, JobMachine machine, Fences fences) {
    this(key, machine, fences, Set.of());
  }

  /**
   * @param oldIds events of this member that an earlier track has seen the end of
   */
  public Track(JobKey key, JobMachine machine, Fences fences, Set<String> oldIds) {
    this.key = key;
    this.machine = machine;
    this.fences = fences;
    this.oldIds.addAll(oldIds);
  }

  public JobKey key() {
    return key;
  }

  public Set<String> identities() {
    return identities;
  }

  public Set<String> rooms() {
    return rooms;
  }

  public Optional<Job> current() {
    return current;
  }

  public List<Job> replaced() {
    return replaced;
  }

  /** Events that are over or replaced: a late copy of a request brings none of them back. */
  public Set<String> oldIds() {
    return oldIds;
  }

  /** Nothing is left to do. */
  public boolean ended() {
    return current.isEmpty() && replaced.isEmpty();
  }

  public long wakeAt(long now) {
    long at = Math.min(asksAt, current.map(job -> job.wakeAt(now)).orElse(JobState.NEVER));
    for (Job job : replaced) {
      at = Math.min(at, job.wakeAt(now));
    }
    return at;
  }

  /** Whether a call that was asked for earlier is still of use. */
  public boolean wants(String delayId, Verb verb) {
    return current.stream().anyMatch(job -> wants(job, delayId, verb))
        || replaced.stream().anyMatch(job -> wants(job, delayId, verb));
  }

  private static boolean wants(Job job, String delayId, Verb verb) {
    return job.delayId().equals(delayId) && !job.ended() && JobMachine.verb(job.state()) == verb;
  }

  /** When the SFUs are to be asked about {@link #rooms}; tell {@link #asked} when it is done. */
  public long asksAt() {
    return asksAt;
  }

  public void asked(long now) {
    asksAt = inDoubt(now) ? now + ASK_AGAIN : JobState.NEVER;
  }

  private boolean inDoubt(long now) {
    return presence.worthAsking() || current.map(job -> job.wantsProof(now)).orElse(false);
  }

  /** The client hands a delayed event over. */
  public List<Step.Call> delegated(Delegation delegation, long now) {
    addAll(identities, delegation.identities());
    addAll(rooms, delegation.rooms());
    if (oldIds.contains(delegation.delayId())) {
      // A late copy of an older request.
      return List.of();
    }
    List<Step.Call> calls = new ArrayList<>();
    if (current.map(job -> job.delayId().equals(delegation.delayId())).orElse(false)) {
      tell(new JobEvent.Renewed(delegation.delayMillis()), now, calls);
    } else {
      retire(delegation.membership(), now, calls);
      current =
          Optional.of(
              machine.begin(
                  delegation.delayId(), delegation.delayMillis(), delegation.membership(), now));
      // The member may be connected already: webhooks of the past will not come again.
      asksAt = now;
    }
    conclude(Presence.Change.NOTHING, now, calls);
    return calls;
  }

  private void retire(String membership, long now, List<Step.Call> calls) {
    if (current.isEmpty()) {
      return;
    }
    Job old = current.get();
    isOld(old.delayId());
    Step step = machine.on(old, new JobEvent.Superseded(old.membership().equals(membership)), now);
    current = Optional.empty();
    step.call().ifPresent(calls::add);
    if (!step.job().ended()) {
      replaced.add(step.job());
      if (replaced.size() > MOST_REPLACED) {
        replaced.removeFirst();
      }
    }
  }

  private void isOld(String delayId) {
    oldIds.add(delayId);
    if (oldIds.size() > REMEMBERED_IDS) {
      oldIds.remove(oldIds.iterator().next());
    }
  }

  public Snapshot snapshot() {
    List<Snapshot.Kept> jobs = new ArrayList<>();
    replaced.forEach(job -> jobs.add(Snapshot.Kept.of(job)));
    current.ifPresent(job -> jobs.add(Snapshot.Kept.of(job)));
    return new Snapshot(key, jobs, identities, rooms, oldIds);
  }

  /** Goes on with what was read from a store, or what another replica had. */
  public List<Step.Call> restore(Snapshot snapshot, long now) {
    addAll(identities, snapshot.identities());
    addAll(rooms, snapshot.rooms());
    oldIds.addAll(snapshot.oldIds());
    List<Step.Call> calls = new ArrayList<>();
    for (Snapshot.Kept kept : snapshot.jobs()) {
      if (kept.state() instanceof JobState.Replaced) {
        replaced.add(kept.resume(now));
        tellReplaced(kept.delayId(), new JobEvent.TakenOver(), now, calls);
      } else {
        // Whoever wrote it may have died before it could write that the older one was replaced.
        retire(kept.membership(), now, calls);
        current = Optional.of(kept.resume(now));
        presence.takenOver(now);
        if (kept.everConnected()) {
          presence.unverified(now);
        }
        asksAt = now;
        tell(new JobEvent.TakenOver(), now, calls);
      }
    }
    return calls;
  }

  /** Something was heard of one of the member's identities. */
  public List<Step.Call> heard(Evidence evidence, long now) {
    if (!identities.contains(evidence.identity())) {
      return List.of();
    }
    if (!rooms.contains(evidence.room())) {
      if (!(evidence instanceof Evidence.TokenIssued) || rooms.size() >= MOST_ROOMS) {
        return List.of();
      }
      rooms.add(evidence.room());
    }
    List<Step.Call> calls = new ArrayList<>();
    conclude(presence.hear(evidence, fences, now), now, calls);
    return calls;
  }

  public List<Step.Call> surveyed(Survey survey, long now) {
    List<Step.Call> calls = new ArrayList<>();
    boolean complete = presence.surveyed(survey, rooms, identities::contains, fences, now);
    conclude(Presence.Change.NOTHING, now, calls);
    if (complete
        && !isFenced(survey)
        && !presence.here()
        && !presence.doubted()
        && presence.expectedUntil(now) == 0) {
      tell(new JobEvent.Absent(survey.askedAt()), now, calls);
      schedule(now);
    }
    return calls;
  }

  /** Who is in none of these rooms may be on the way to one. */
  private boolean isFenced(Survey survey) {
    return rooms.stream()
        .anyMatch(
            room ->
                fences.until(room) > survey.askedAt()
                    || survey.rooms().getOrDefault(room, Map.of()).keySet().stream()
                        .anyMatch(place -> fences.until(room, place) > survey.askedAt()));
  }

  /** The SFUs' word was lost somewhere: ask them. */
  public void ask(long now) {
    if (current.isPresent()) {
      asksAt = Math.min(asksAt, now);
    }
  }

  public List<Step.Call> kicked(long now) {
    List<Step.Call> calls = new ArrayList<>();
    tell(new JobEvent.Kicked(), now, calls);
    return calls;
  }

  public List<Step.Call> answered(String delayId, Verb verb, Answer answer, long sentAt, long now) {
    List<Step.Call> calls = new ArrayList<>();
    JobEvent event = new JobEvent.Answered(verb, answer, sentAt);
    if (current.map(job -> job.delayId().equals(delayId)).orElse(false)) {
      tell(event, now, calls);
    } else {
      tellReplaced(delayId, event, now, calls);
    }
    return calls;
  }

  public List<Step.Call> wake(long now) {
    List<Step.Call> calls = new ArrayList<>();
    tell(new JobEvent.Wake(), now, calls);
    for (Job job : List.copyOf(replaced)) {
      tellReplaced(job.delayId(), new JobEvent.Wake(), now, calls);
    }
    schedule(now);
    return calls;
  }

  /** Turns what is known now into an event for the job. */
  private void conclude(Presence.Change change, long now, List<Step.Call> calls) {
    long expected = presence.expectedUntil(now);
    if (presence.here()) {
      tell(new JobEvent.Here(), now, calls);
    } else if (!presence.doubted()) {
      if (expected > 0) {
        tell(new JobEvent.Expected(expected), now, calls);
      } else if (change == Presence.Change.ENDED) {
        tell(new JobEvent.Left(), now, calls);
      } else if (change == Presence.Change.GIVEN_UP) {
        tell(new JobEvent.Aborted(), now, calls);
      }
    }
    if (change == Presence.Change.ASK) {
      ask(now);
    }
    schedule(now);
  }

  private void schedule(long now) {
    if (current.isEmpty()) {
      asksAt = JobState.NEVER;
    } else if (asksAt == JobState.NEVER && inDoubt(now)) {
      asksAt = now;
    }
  }

  private void tell(JobEvent event, long now, List<Step.Call> calls) {
    if (current.isEmpty()) {
      return;
    }
    Step step = machine.on(current.get(), event, now);
    step.call().ifPresent(calls::add);
    current = Optional.of(step.job());
    if (step.job().state() instanceof JobState.Ended end) {
      // One that was given up before it was ever used may still be used.
      if (end.why() != Ending.ABORTED) {
        isOld(step.job().delayId());
      }
      over.add(step.job());
      current = Optional.empty();
      asksAt = JobState.NEVER;
    }
  }

  private void tellReplaced(String delayId, JobEvent event, long now, List<Step.Call> calls) {
    for (int i = 0; i < replaced.size(); i++) {
      if (replaced.get(i).delayId().equals(delayId)) {
        Step step = machine.on(replaced.get(i), event, now);
        step.call().ifPresent(calls::add);
        if (step.job().ended()) {
          over.add(step.job());
          replaced.remove(i);
        } else {
          replaced.set(i, step.job());
        }
        return;
      }
    }
  }

  /** Jobs that ended since the last time that somebody asked. */
  public List<Job> takeEnded() {
    List<Job> taken = List.copyOf(over);
    over.clear();
    return taken;
  }

  private static void addAll(Set<String> known, Collection<String> more) {
    for (String each : more) {
      if (known.size() < MOST_ROOMS) {
        known.add(each);
      }
    }
  }
}
