package dev.weir.session.admission;

/** A home site's answer to a focus that asks on behalf of one of its users. */
public sealed interface HomeAnswer {
  /** The user is attached at home, in an annex of the asking focus. */
  record Annex(Ticket ticket) implements HomeAnswer {}

  record Refused(HomeVerdict verdict) implements HomeAnswer {}
}
