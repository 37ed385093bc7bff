package dev.weir.service.legs;

import dev.weir.session.Site;
import dev.weir.session.SlotId;

/** Which replica keeps a slot's legs. */
public interface Ownership {
  boolean isMine(Site site, SlotId slot);

  /** Called when slots may have changed hands. */
  void onChange(Runnable changed);

  /** A deployment of one replica owns everything. */
  Ownership ALONE =
      new Ownership() {
        @Override
        public boolean isMine(Site site, SlotId slot) {
          return true;
        }

        @Override
        public void onChange(Runnable changed) {}
      };
}
