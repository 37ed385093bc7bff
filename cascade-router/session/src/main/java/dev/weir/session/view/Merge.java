package dev.weir.session.view;

/** Outcome of one record that came in. */
public sealed interface Merge {
  /** The view after it. */
  SlotView view();

  /** Newer than what was held. */
  record Taken(SlotView view) implements Merge {}

  /** Not newer: lost races, doubles and reordering end here. */
  record Old(SlotView view) implements Merge {}

  /** The sender may not say this; counted, and its other records are not touched. */
  record Refused(SlotView view, Reason reason) implements Merge {}

  /** Why a record was refused. */
  enum Reason {
    NOT_THE_WRITER,
    NOT_ITS_USER,
    OUR_OWN_USER,
    FOREIGN_IDENTITY,
    TOO_MANY_RECORDS,
    TOO_LARGE
  }
}
