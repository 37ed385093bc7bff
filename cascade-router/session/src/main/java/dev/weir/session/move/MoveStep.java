package dev.weir.session.move;

import java.util.List;

/** The state after an event, and what to do now. */
public record MoveStep(MoveState state, List<MoveAction> actions) {

  public MoveStep {
    actions = List.copyOf(actions);
  }

  static MoveStep of(MoveState state, MoveAction... actions) {
    return new MoveStep(state, List.of(actions));
  }
}
