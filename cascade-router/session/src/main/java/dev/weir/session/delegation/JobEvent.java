package dev.weir.session.delegation;

/** What can happen to a job. */
public sealed interface JobEvent {
  /** An attachment of the member is live. */
  record Here() implements JobEvent {}

  /** None is live, but a newer one is on its way until this time. */
  record Expected(long until) implements JobEvent {}

  /** The SFU said of the last live attachment's own SID that it ended. */
  record Left() implements JobEvent {}

  /** Every serving node, asked at this time, said that the member is not there. */
  record Absent(long askedAt) implements JobEvent {}

  /** The SFU said that a connection was given up before it was established. */
  record Aborted() implements JobEvent {}

  /** Time has passed. */
  record Wake() implements JobEvent {}

  /** The homeserver answered a call that was made at {@code sentAt}. */
  record Answered(Verb verb, Answer answer, long sentAt) implements JobEvent {}

  /** The client handed over a newer delayed event, for the same membership event or another. */
  record Superseded(boolean sameMembership) implements JobEvent {}

  /** The client handed the same delayed event over again. */
  record Renewed(long delayMillis) implements JobEvent {}

  /** The user left the room or was banned. */
  record Kicked() implements JobEvent {}

  /** This replica took the job over, or read it after a restart. */
  record TakenOver() implements JobEvent {}
}
