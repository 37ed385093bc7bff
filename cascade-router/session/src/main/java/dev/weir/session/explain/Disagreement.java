package dev.weir.session.explain;

import dev.weir.session.Site;
import dev.weir.session.slot.SlotState;
import dev.weir.session.view.Held;
import java.util.Set;
import java.util.TreeSet;

/** Whether the members of a slot disagree about the focus, as their attachments show it. */
public final class Disagreement {
  private Disagreement() {}

  /** The foci of legacy members: each of them believes that there is one for everybody. */
  public static Set<Site> legacyFoci(SlotState state) {
    Set<Site> foci = new TreeSet<>();
    for (Held held : state.view().live()) {
      if (held.record().legacy()) {
        foci.add(held.record().focus());
      }
    }
    return foci;
  }

  public static boolean isThere(SlotState state) {
    return legacyFoci(state).size() > 1;
  }
}
