package dev.weir.session.move;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Everything that another replica needs to carry a move on.
 *
 * @param room the site's room that moves
 * @param fromEpoch place epoch that the move started from; the switch is fenced by it
 * @param tries how often the room has been asked for on the new node
 * @param missing clients that had not come over when last counted; -1 before the first count
 * @param outcome set when the move is over
 */
public record MoveState(
    String id,
    String site,
    String room,
    String from,
    String to,
    Cause cause,
    long fromEpoch,
    Phase phase,
    Instant startedAt,
    Instant phaseSince,
    int tries,
    int missing,
    @Nullable Outcome outcome) {

  public static MoveState begin(String id, Wish wish, String to, long fromEpoch, Instant now) {
    return new MoveState(
        id,
        wish.site(),
        wish.room(),
        wish.from(),
        to,
        wish.cause(),
        fromEpoch,
        Phase.CREATING,
        now,
        now,
        0,
        -1,
        null);
  }

  /** The place epoch after the switch. */
  public long toEpoch() {
    return fromEpoch + 1;
  }

  MoveState in(Phase next, Instant now) {
    return with(next, now, tries, missing, null);
  }

  MoveState over(Outcome how, Instant now) {
    return with(how.moved() ? Phase.DONE : Phase.ROLLED_BACK, now, tries, missing, how);
  }

  MoveState triedAgain() {
    return with(phase, phaseSince, tries + 1, missing, outcome);
  }

  MoveState missing(int count) {
    return with(phase, phaseSince, tries, count, outcome);
  }

  private MoveState with(
      Phase newPhase, Instant since, int newTries, int newMissing, @Nullable Outcome newOutcome) {
    return new MoveState(
        id,
        site,
        room,
        from,
        to,
        cause,
        fromEpoch,
        newPhase,
        startedAt,
        since,
        newTries,
        newMissing,
        newOutcome);
  }
}
