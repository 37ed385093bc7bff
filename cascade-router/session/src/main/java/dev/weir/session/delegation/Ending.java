package dev.weir.session.delegation;

/** Why a job is over. */
public enum Ending {
  /** The leave was sent by us. */
  SENT,
  /** The homeserver's own timer must have fired: last restart + delay is over. */
  EXPIRED,
  /** The homeserver says that the event is gone (the client sent or cancelled it). */
  FORGOTTEN,
  /** The client gave up before it was ever connected, and knows it: nothing to send. */
  ABORTED,
  /** The user was put out of the room: a leave cannot and need not be sent. */
  KICKED,
  /** A newer delayed event took over. */
  REPLACED
}
