package dev.weir.session.delegation;

/** How a homeserver answered, or did not. */
public sealed interface Answer {
  /** Done. */
  record Done() implements Answer {}

  /** The delayed event does not exist any more, or is past this verb: 404 and 409. */
  record Forgotten() implements Answer {}

  /** Too many calls; the next one is welcome at this time. */
  record Limited(long retryAt) implements Answer {}

  /** No answer, a broken one, or one that says nothing about the event. */
  record Failed() implements Answer {}
}
