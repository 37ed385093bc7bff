package dev.weir.service.slots;

import dev.weir.session.Site;
import dev.weir.session.delegation.Evidence;

/**
 * Hears what our nodes and our token endpoints say about attachments that may publish. Every bean
 * of this type is called; none of them may block.
 */
public interface PresenceObserver {
  void observe(Site site, Evidence evidence);

  /** A node has started anew: what it does not list proves nothing for a while. */
  void nodeStarted(Site site, String node);

  /** A node says that it could not deliver some webhooks. */
  void webhooksDropped(Site site);
}
