package dev.weir.session.move;

import dev.weir.session.move.MoveAction.CloseRemotes;
import dev.weir.session.move.MoveAction.CountMissing;
import dev.weir.session.move.MoveAction.Finish;
import dev.weir.session.move.MoveAction.MakeRoom;
import dev.weir.session.move.MoveAction.Switch;
import dev.weir.session.move.MoveAction.TellClients;
import dev.weir.session.move.MoveAction.WelcomeRemotes;
import java.time.Duration;
import java.time.Instant;

/**
 * Moves one room from node to node.
 *
 * <pre>
 * CREATING   make the room on the new node       not made in time, withdrawn, node lost -> ROLLED_BACK
 * WELCOMING  remote members come first, so that  withdrawn, node lost -> ROLLED_BACK
 *            nobody arrives in an empty room     (an urgent move does not wait for them)
 * SWITCHING  the route, once, fenced by epoch    overtaken -> ROLLED_BACK
 * ARRIVING   clients are told and come over      all there, or time is up -> CLOSING
 * CLOSING    the relay leaves the old place,     -> DONE
 *            or the old node would never be empty
 * </pre>
 *
 * Before the switch a roll-back costs nothing: an unused room on a node ends by itself. After it
 * there is no way back, only another move. A state says all that must be known: whoever holds it
 * may carry on with {@link MoveEvent.Resume}, as every action bears being done twice.
 */
public final class Move {

  private final MoveTiming timing;

  public Move(MoveTiming timing) {
    this.timing = timing;
  }

  public MoveStep step(MoveState state, MoveEvent event, Instant now) {
    if (state.outcome() != null) {
      // Told again, for a replica that was lost between the last note and the last actions.
      return event instanceof MoveEvent.Resume
          ? end(state, state.outcome(), state.phaseSince())
          : MoveStep.of(state);
    }
    return switch (event) {
      case MoveEvent.Resume ignored -> again(state);
      case MoveEvent.Withdrawn ignored ->
          state.phase().reversible() ? end(state, Outcome.WITHDRAWN, now) : MoveStep.of(state);
      case MoveEvent.TargetLost ignored -> targetLost(state, now);
      case MoveEvent.Tick ignored -> tick(state, now);
      default -> inPhase(state, event, now);
    };
  }

  private MoveStep inPhase(MoveState state, MoveEvent event, Instant now) {
    return switch (state.phase()) {
      case CREATING ->
          switch (event) {
            case MoveEvent.RoomMade ignored -> welcome(state, now);
            case MoveEvent.RoomNotMade ignored -> notMade(state, now);
            default -> MoveStep.of(state);
          };
      case WELCOMING ->
          event instanceof MoveEvent.RemotesReady ? switchRoute(state, now) : MoveStep.of(state);
      case SWITCHING ->
          switch (event) {
            case MoveEvent.Switched ignored -> arrive(state, now);
            case MoveEvent.SwitchLost ignored -> end(state, Outcome.OVERTAKEN, now);
            default -> MoveStep.of(state);
          };
      case ARRIVING ->
          event instanceof MoveEvent.Counted(int missing)
              ? counted(state.missing(missing), now)
              : MoveStep.of(state);
      case CLOSING ->
          event instanceof MoveEvent.OldPlaceClosed
              ? end(state, Outcome.MOVED, now)
              : MoveStep.of(state);
      case DONE, ROLLED_BACK -> MoveStep.of(state);
    };
  }

  private MoveStep again(MoveState state) {
    return switch (state.phase()) {
      case CREATING -> MoveStep.of(state, new MakeRoom(state.to()));
      case WELCOMING -> MoveStep.of(state, new WelcomeRemotes(state.to()));
      case SWITCHING ->
          // An urgent move has not waited for remote members: they are brought beside the switch.
          state.cause().urgent()
              ? MoveStep.of(
                  state, new WelcomeRemotes(state.to()), new Switch(state.fromEpoch(), state.to()))
              : MoveStep.of(state, new Switch(state.fromEpoch(), state.to()));
      case ARRIVING ->
          MoveStep.of(state, new TellClients(state.toEpoch()), new CountMissing(state.to()));
      case CLOSING -> MoveStep.of(state, new CloseRemotes(state.from()));
      case DONE, ROLLED_BACK -> MoveStep.of(state);
    };
  }

  private MoveStep welcome(MoveState state, Instant now) {
    Phase next = state.cause().urgent() ? Phase.SWITCHING : Phase.WELCOMING;
    return again(state.in(next, now));
  }

  private MoveStep notMade(MoveState state, Instant now) {
    // Ticks pace the tries, so that a node that refuses at once is not asked in a loop.
    MoveState tried = state.triedAgain();
    return expired(tried, timing.make(), now)
        ? end(tried, Outcome.NO_ROOM, now)
        : MoveStep.of(tried);
  }

  private MoveStep switchRoute(MoveState state, Instant now) {
    return again(state.in(Phase.SWITCHING, now));
  }

  private MoveStep arrive(MoveState state, Instant now) {
    return again(state.in(Phase.ARRIVING, now));
  }

  private MoveStep counted(MoveState state, Instant now) {
    return state.missing() == 0 ? close(state, now) : MoveStep.of(state);
  }

  private MoveStep close(MoveState state, Instant now) {
    return again(state.in(Phase.CLOSING, now));
  }

  private MoveStep tick(MoveState state, Instant now) {
    return switch (state.phase()) {
      case CREATING ->
          expired(state, timing.make(), now)
              ? end(state, Outcome.NO_ROOM, now)
              : state.tries() > 0 ? again(state) : MoveStep.of(state);
      case WELCOMING ->
          expired(state, timing.welcome(), now) ? switchRoute(state, now) : again(state);
      case SWITCHING -> again(state);
      case ARRIVING ->
          expired(state, timing.arrive(), now)
              ? close(state, now)
              : MoveStep.of(state, new CountMissing(state.to()));
      case CLOSING ->
          expired(state, timing.close(), now) ? end(state, Outcome.MOVED, now) : MoveStep.of(state);
      case DONE, ROLLED_BACK -> MoveStep.of(state);
    };
  }

  private MoveStep targetLost(MoveState state, Instant now) {
    return switch (state.phase()) {
      case CREATING, WELCOMING -> end(state, Outcome.NO_ROOM, now);
      // Whether the route points there is not known yet; the answer to the switch will tell.
      case SWITCHING -> MoveStep.of(state);
      case ARRIVING, CLOSING -> end(state, Outcome.TARGET_LOST, now);
      case DONE, ROLLED_BACK -> MoveStep.of(state);
    };
  }

  /**
   * The end. The relay leaves the place that is not the room's: the old one, or, when nothing was
   * switched, the new one.
   */
  private static MoveStep end(MoveState state, Outcome outcome, Instant now) {
    String left = outcome.moved() ? state.from() : state.to();
    return MoveStep.of(state.over(outcome, now), new CloseRemotes(left), new Finish(outcome));
  }

  private static boolean expired(MoveState state, Duration limit, Instant now) {
    return !now.isBefore(state.phaseSince().plus(limit));
  }
}
