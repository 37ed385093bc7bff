package dev.weir.session.delegation;

/**
 * What is heard about publishing-capable attachments (OWN and GUEST). {@code place} is a node of
 * the own site, or {@link #ELSEWHERE} + server name for a direct attachment that a focus reports. A
 * SID is empty when the message lacked it.
 */
public sealed interface Evidence {
  /** Starts the name of a place that our own nodes cannot speak for. */
  String ELSEWHERE = "@";

  String room();

  String identity();

  /**
   * A token was given out.
   *
   * @param delegating the request brought a delayed event: clients ask again with it after they
   *     have connected, and then it announces nothing
   */
  record TokenIssued(String room, String identity, boolean delegating) implements Evidence {}

  /**
   * An attachment is live.
   *
   * @param joinedAt the SFU's time of joining in Unix milliseconds; 0 if it is not known
   */
  record Joined(String room, String place, String identity, String sid, long joinedAt)
      implements Evidence {}

  record Left(String room, String place, String identity, String sid, LeaveReason reason)
      implements Evidence {}

  /** A connection was given up, before or after it was established. */
  record Aborted(String room, String place, String identity, String sid, LeaveReason reason)
      implements Evidence {}

  /** The gate binds the client's WebSocket to another site, or back here. */
  record BoundElsewhere(String room, String identity, boolean elsewhere) implements Evidence {}
}
