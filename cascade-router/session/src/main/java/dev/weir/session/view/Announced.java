package dev.weir.session.view;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Announcements of one peer against our own live slots. A match costs one look-up, whichever side
 * comes first. One per connection; not for several threads.
 */
public final class Announced {
  private final Announcement.Key key;
  private final Site self;
  private final Site peer;
  private final int limit;
  private final Map<Announcement, SlotId> expected = new HashMap<>();
  private final Set<Announcement> heard = new HashSet<>();

  public Announced(Announcement.Key key, Site self, Site peer, int limit) {
    this.key = key;
    this.self = self;
    this.peer = peer;
    this.limit = limit;
  }

  /** A slot of ours lives; returns the tag to send. */
  public Announcement begin(SlotId slot) {
    expected.put(key.announce(slot, peer, self), slot);
    return key.announce(slot, self, peer);
  }

  /** A slot of ours has ended; returns the tag to withdraw. */
  public Announcement end(SlotId slot) {
    expected.remove(key.announce(slot, peer, self));
    return key.announce(slot, self, peer);
  }

  /** Whether the peer has announced this slot of ours. */
  public boolean isShared(SlotId slot) {
    return heard.contains(key.announce(slot, peer, self));
  }

  /** Whether a slot can be concluded not to be the peer's: all that it announced is remembered. */
  public boolean isWhole() {
    return heard.size() < limit;
  }

  /** The peer's first message of a connection replaces all before. */
  public Set<SlotId> replace(Collection<Announcement> tags) {
    heard.clear();
    return add(tags);
  }

  /** Returns the slots that both have. What is beyond the limit is not remembered. */
  public Set<SlotId> add(Collection<Announcement> tags) {
    Set<SlotId> matches = new HashSet<>();
    for (Announcement tag : tags) {
      if (heard.size() < limit) {
        heard.add(tag);
        Optional.ofNullable(expected.get(tag)).ifPresent(matches::add);
      }
    }
    return matches;
  }

  public void remove(Collection<Announcement> tags) {
    tags.forEach(heard::remove);
  }
}
