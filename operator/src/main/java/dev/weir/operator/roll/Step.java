package dev.weir.operator.roll;

/** Something to do now. Every step may be repeated without harm. */
public sealed interface Step {
  /** The node that it is about. */
  String node();

  /** A drain begins. */
  record Begin(String node, DrainReason reason) implements Step {}

  /** Routers must place nothing new on the node. */
  record Close(String node) implements Step {}

  /** Routers move the rooms away, at most {@code pace} a minute. */
  record Move(String node, int pace) implements Step {}

  /**
   * The node is stopped.
   *
   * @param forced calls may still be on it: its time is over
   */
  record Stop(String node, DrainReason reason, boolean forced) implements Step {}

  /** The reason to drain has gone: routers may place on the node again. */
  record Reopen(String node) implements Step {}

  /** A drain is due and must not begin. */
  record Refuse(String node, DrainReason reason, String because) implements Step {}
}
