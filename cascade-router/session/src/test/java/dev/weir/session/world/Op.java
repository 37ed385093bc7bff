package dev.weir.session.world;

/** One step of a generated session. Numbers are taken modulo what there is, so any subset runs. */
record Op(Kind kind, int a, int b) {
  enum Kind {
    JOIN,
    LEAVE,
    RELOAD,
    TOGGLE_PUBLISH,
    LOOK,
    DELIVER,
    DROP,
    DOUBLE,
    WEBHOOKS,
    LOSE_WEBHOOK,
    RELAY,
    TIME,
    CUT,
    MEND,
    ANNOUNCE,
    SPILL,
    MOVE_BEGIN,
    MOVE_END,
    RESTART,
    POLL
  }

  @Override
  public String toString() {
    return kind + "(" + a + "," + b + ")";
  }
}
