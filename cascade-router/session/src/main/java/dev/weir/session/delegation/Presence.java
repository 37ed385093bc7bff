package dev.weir.session.delegation;

import dev.weir.session.delegation.Evidence.Aborted;
import dev.weir.session.delegation.Evidence.BoundElsewhere;
import dev.weir.session.delegation.Evidence.Joined;
import dev.weir.session.delegation.Evidence.Left;
import dev.weir.session.delegation.Evidence.TokenIssued;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/**
 * What is known of one member's publishing-capable attachments. A seat is one (room, place,
 * identity) with the newest SID seen there; only that SID's end empties it. Mutable, owned by one
 * {@link Track}.
 */
final class Presence {
  private static final int REMEMBERED_SIDS = 16;

  record Seat(String room, String place, String identity) {
    boolean elsewhere() {
      return place.startsWith(Evidence.ELSEWHERE);
    }
  }

  private record Bound(String room, String identity) {
    static Bound of(Seat seat) {
      return new Bound(seat.room(), seat.identity());
    }
  }

  /**
   * @param joinedAt the SFU's time of joining, or 0
   * @param seenAt when the SID was seen last
   * @param doubtUntil 0 while nothing speaks against it; else until when "not there" is not
   *     believed
   */
  record Seen(String sid, long joinedAt, long seenAt, long doubtUntil) {
    boolean doubted() {
      return doubtUntil > 0;
    }

    Seen doubt(long until) {
      return new Seen(sid, joinedAt, seenAt, Math.max(doubtUntil, until));
    }
  }

  /** What one message changed. */
  enum Change {
    NOTHING,
    /** The message cannot be placed: the SFUs know better. */
    ASK,
    /** An attachment ended by the SFU's own word. */
    ENDED,
    /** A connection was given up before it was established. */
    GIVEN_UP
  }

  private final Map<Seat, Seen> seats = new HashMap<>();

  /** Per identity, the time of the newest token that nobody has joined with yet. */
  private final Map<String, Long> tokens = new HashMap<>();

  /** By SID, until when a participant that a node lists, but as not connected yet, is expected. */
  private final Map<String, Long> arriving = new HashMap<>();

  private final SequencedSet<String> endedSids = new LinkedHashSet<>();

  /** Whose signalling the gate has bound to another site, and from which of our rooms. */
  private final Set<Bound> boundElsewhere = new HashSet<>();

  private long unverifiedUntil;
  private long settledAt;

  boolean here() {
    return seats.values().stream().anyMatch(seen -> !seen.doubted());
  }

  /** Somebody may be there; asking will tell. */
  boolean doubted() {
    return unverifiedUntil > 0
        || !boundElsewhere.isEmpty()
        || seats.values().stream().anyMatch(Seen::doubted);
  }

  /** Asking now could end the doubt. */
  boolean worthAsking() {
    return unverifiedUntil > 0
        || seats.values().stream()
            .anyMatch(seen -> seen.doubted() && seen.doubtUntil() != JobState.NEVER);
  }

  /** Until when a newer attachment is expected, or 0. */
  long expectedUntil(long now) {
    tokens.values().removeIf(at -> at + Timing.EXPECTATION <= now);
    arriving.values().removeIf(until -> until <= now);
    long byToken =
        tokens.values().stream().mapToLong(at -> at + Timing.EXPECTATION).max().orElse(0);
    return Math.max(byToken, arriving.values().stream().mapToLong(until -> until).max().orElse(0));
  }

  /** It may be on its way back by a token that nobody here remembers: ends are doubted at first. */
  void takenOver(long now) {
    settledAt = now + Timing.SETTLE;
  }

  /**
   * After a takeover nothing is known but that the member was there; it may be on its way back, by
   * a token that nobody remembers. It is believed until it has had the time to come, and a room
   * that exists does not list it, or no room has existed for the whole grace.
   */
  void unverified(long now) {
    unverifiedUntil = now + Timing.GRACE;
    takenOver(now);
  }

  Change hear(Evidence evidence, Fences fences, long now) {
    return switch (evidence) {
      case TokenIssued token -> {
        if (!token.delegating() || !here()) {
          tokens.put(token.identity(), now);
        }
        yield Change.NOTHING;
      }
      case Joined joined -> joined(joined, now);
      case Left left ->
          ended(
              new Seat(left.room(), left.place(), left.identity()),
              left.sid(),
              left.reason(),
              fences,
              now);
      case Aborted aborted -> aborted(aborted, fences, now);
      case BoundElsewhere bound -> bound(bound, now);
    };
  }

  private Change joined(Joined joined, long now) {
    if (joined.sid().isEmpty()) {
      return Change.ASK;
    }
    if (endedSids.contains(joined.sid())) {
      return Change.NOTHING;
    }
    Seat seat = new Seat(joined.room(), joined.place(), joined.identity());
    Seen seen = seats.get(seat);
    if (seen == null || seen.sid().equals(joined.sid()) || seen.joinedAt() < joined.joinedAt()) {
      sit(seat, joined.sid(), joined.joinedAt(), now);
      return Change.NOTHING;
    }
    // News of a join that a newer one has overtaken, or nobody can tell which is newer.
    return Change.ASK;
  }

  private void sit(Seat seat, String sid, long joinedAt, long now) {
    arriving.remove(sid);
    Seen before = seats.put(seat, new Seen(sid, joinedAt, now, 0));
    if (before == null || !before.sid().equals(sid)) {
      // News of an older join may come after a newer token: that one is still expected.
      tokens.computeIfPresent(
          seat.identity(), (identity, tokenAt) -> tokenAt < joinedAt ? null : tokenAt);
      if (before != null) {
        remember(before.sid());
      }
    }
    unverifiedUntil = 0;
  }

  private Change ended(Seat seat, String sid, LeaveReason reason, Fences fences, long now) {
    if (sid.isEmpty()) {
      return Change.ASK;
    }
    remember(sid);
    Seen seen = seats.get(seat);
    if (seen == null || !seen.sid().equals(sid)) {
      return Change.ASK;
    }
    long fenced = Math.max(settledAt, fences.until(seat.room(), seat.place()));
    if (boundElsewhere.contains(Bound.of(seat)) && !seat.elsewhere()) {
      seats.put(seat, seen.doubt(JobState.NEVER));
      return Change.NOTHING;
    }
    if (fenced > now) {
      seats.put(seat, seen.doubt(fenced));
      return Change.ASK;
    }
    if (reason.doubtful()) {
      seats.put(seat, seen.doubt(now + Timing.GRACE));
      return Change.ASK;
    }
    seats.remove(seat);
    return Change.ENDED;
  }

  private Change aborted(Aborted aborted, Fences fences, long now) {
    Seat seat = new Seat(aborted.room(), aborted.place(), aborted.identity());
    Seen seen = seats.get(seat);
    if (seen != null && seen.sid().equals(aborted.sid())) {
      return ended(seat, aborted.sid(), aborted.reason(), fences, now);
    }
    if (seen != null || aborted.sid().isEmpty()) {
      return Change.ASK;
    }
    remember(aborted.sid());
    tokens.remove(aborted.identity());
    return Change.GIVEN_UP;
  }

  private Change bound(BoundElsewhere bound, long now) {
    Bound client = new Bound(bound.room(), bound.identity());
    if (bound.elsewhere()) {
      boundElsewhere.add(client);
      // It left before it arrived there: nothing here decides about it any more.
      seats.replaceAll(
          (seat, seen) ->
              seen.doubted() && !seat.elsewhere() && Bound.of(seat).equals(client)
                  ? seen.doubt(JobState.NEVER)
                  : seen);
      return Change.NOTHING;
    }
    if (!boundElsewhere.remove(client)) {
      return Change.NOTHING;
    }
    // Back here: what was held back counts again, after the grace that any move gets.
    seats.replaceAll(
        (seat, seen) ->
            seen.doubtUntil() == JobState.NEVER && Bound.of(seat).equals(client)
                ? new Seen(seen.sid(), seen.joinedAt(), seen.seenAt(), now + Timing.GRACE)
                : seen);
    if (seats.keySet().stream().noneMatch(seat -> Bound.of(seat).equals(client))) {
      // Whoever keeps this job has never seen it here, and it is on its way.
      unverified(now);
    }
    return Change.ASK;
  }

  /** Takes in a survey. True if every node of every room answered, so that silence is over. */
  boolean surveyed(Survey survey, Iterable<String> rooms, Member member, Fences fences, long now) {
    boolean complete = true;
    boolean living = false;
    for (String room : rooms) {
      Map<String, Survey.NodeAnswer> answers = survey.rooms().get(room);
      if (answers == null) {
        complete = false;
        continue;
      }
      for (Map.Entry<String, Survey.NodeAnswer> each : answers.entrySet()) {
        switch (each.getValue()) {
          case Survey.NodeAnswer.Listed listed -> {
            boolean old = listed.createdAt() + Timing.GRACE <= survey.askedAt();
            living |= old && fences.until(room, each.getKey()) <= survey.askedAt();
            listed(room, each.getKey(), listed.participants(), member, survey.askedAt(), now);
            unlisted(room, each.getKey(), survey.askedAt(), old, fences, now);
          }
          case Survey.NodeAnswer.NoRoom _ ->
              unlisted(room, each.getKey(), survey.askedAt(), false, fences, now);
          case Survey.NodeAnswer.JustStarted started -> {
            complete = false;
            listed(room, each.getKey(), started.participants(), member, survey.askedAt(), now);
          }
          case Survey.NodeAnswer.Unanswered _ -> complete = false;
        }
      }
      seatsOfRemovedNodes(room, answers, survey.askedAt(), fences, now);
    }
    boolean settled = living && settledAt <= survey.askedAt();
    if (complete && (settled || unverifiedUntil <= survey.askedAt())) {
      unverifiedUntil = 0;
    }
    return complete;
  }

  /** Tells the member's identities from everybody else's. */
  interface Member {
    boolean has(String identity);
  }

  private void listed(
      String room,
      String place,
      Iterable<Survey.Participant> participants,
      Member member,
      long askedAt,
      long now) {
    for (Survey.Participant each : participants) {
      if (!member.has(each.identity()) || endedSids.contains(each.sid())) {
        continue;
      }
      Seat seat = new Seat(room, place, each.identity());
      Seen seen = seats.get(seat);
      if (seen != null && !seen.sid().equals(each.sid()) && seen.seenAt() > askedAt) {
        continue;
      }
      if (each.active()) {
        sit(seat, each.sid(), each.joinedAt(), now);
      } else if (seen == null) {
        arriving.put(each.sid(), now + Timing.EXPECTATION);
      } else {
        seats.put(seat, new Seen(seen.sid(), seen.joinedAt(), now, seen.doubtUntil()));
      }
    }
  }

  /** The node answered: seats there that this answer did not confirm are empty, or doubtful. */
  private void unlisted(
      String room, String place, long askedAt, boolean believed, Fences fences, long now) {
    for (Map.Entry<Seat, Seen> each : Map.copyOf(seats).entrySet()) {
      Seat seat = each.getKey();
      Seen seen = each.getValue();
      if (seat.room().equals(room) && seat.place().equals(place) && seen.seenAt() < askedAt) {
        notThere(seat, seen, askedAt, believed, fences, now);
      }
    }
  }

  private void notThere(
      Seat seat, Seen seen, long askedAt, boolean believed, Fences fences, long now) {
    long fenced = Math.max(settledAt, fences.until(seat.room(), seat.place()));
    if (seen.doubted()) {
      if (askedAt >= Math.max(seen.doubtUntil(), fenced)) {
        remember(seen.sid());
        seats.remove(seat);
      }
    } else if (fenced > now) {
      seats.put(seat, seen.doubt(fenced));
    } else if (boundElsewhere.contains(Bound.of(seat))) {
      seats.put(seat, seen.doubt(JobState.NEVER));
    } else if (believed) {
      remember(seen.sid());
      seats.remove(seat);
    } else {
      // A room that ended and a node that was restarted look the same for a while.
      seats.put(seat, seen.doubt(now + Timing.GRACE));
    }
  }

  private void seatsOfRemovedNodes(
      String room, Map<String, Survey.NodeAnswer> answers, long askedAt, Fences fences, long now) {
    for (Map.Entry<Seat, Seen> each : Map.copyOf(seats).entrySet()) {
      Seat seat = each.getKey();
      if (seat.room().equals(room)
          && !seat.elsewhere()
          && !answers.containsKey(seat.place())
          && each.getValue().seenAt() < askedAt) {
        notThere(seat, each.getValue(), askedAt, false, fences, now);
      }
    }
  }

  private void remember(String sid) {
    arriving.remove(sid);
    endedSids.add(sid);
    if (endedSids.size() > REMEMBERED_SIDS) {
      endedSids.removeFirst();
    }
  }
}
