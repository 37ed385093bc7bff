package dev.weir.service.legs;

import dev.weir.session.Site;
import dev.weir.session.SlotId;

/** Which replica keeps a slot's legs. */
@FunctionalInterface
public interface Ownership {
  boolean isMine(Site site, SlotId slot);

  /** A deployment of one replica owns everything. */
  Ownership ALONE = (site, slot) -> true;
}
