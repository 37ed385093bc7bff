package dev.weir.session.slot;

import dev.weir.session.Site;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Merge;

/** What is to be done after an event. */
public sealed interface SlotEffect {
  /** Send a record of ours to every peer that the slot is shared with. */
  record Tell(MemberRecord record) implements SlotEffect {}

  /** Send our hint anew: the sites in the slot through our focus have changed. */
  record TellHint() implements SlotEffect {}

  /** The slot is now shared with this peer too: open Sync for it and send a snapshot. */
  record Share(Site peer) implements SlotEffect {}

  /** A peer said what it may not say; count it. */
  record Refused(Site from, Merge.Reason reason) implements SlotEffect {}
}
