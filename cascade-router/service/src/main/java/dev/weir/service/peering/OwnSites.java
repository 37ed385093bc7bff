package dev.weir.service.peering;

import dev.weir.peering.v1.OpenIdToken;
import dev.weir.session.Member;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.admission.Ticket;
import dev.weir.session.view.SiteDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What our own sites can do for a partner's request. Calls may block; they run on virtual threads.
 */
public interface OwnSites {
  /** Asks the site's own homeserver whose token this is; empty: nobody's. */
  Optional<String> userOf(Site site, OpenIdToken token) throws IOException;

  /** Whether the site's own homeserver has just authenticated the member for that focus. */
  boolean passedOn(Site site, Site focus, SlotId slot, Member member);

  /** Places the room, makes it, and mints the client's token for it. */
  Attached attach(Site site, SlotId slot, Member member, Ticket ticket) throws IOException;

  /** As {@link #attach}, for a partner's user and a short time; empty for one who was removed. */
  Optional<Attached> takeIn(Site site, SlotId slot, Member member, Ticket ticket)
      throws IOException;

  /** The answer that a client gets: the site's signalling URL and a token. */
  record Attached(String url, String jwt) {
    @Override
    public String toString() {
      return "Attached[" + url + "]";
    }
  }

  /**
   * Stores a delayed leave of one of our users.
   *
   * @param rooms where the user may be attached as a publisher
   * @return false if it could not be stored
   */
  boolean keepLeave(
      Site site, SlotId slot, Member member, Set<Room> rooms, String delayId, Duration delay);

  /** Which site a server name belongs to, as this site sees it. */
  SiteDirectory directory(Site site);

  /** Has the room closed the slot, as far as this site was told? */
  boolean isClosed(Site site, SlotId slot);

  /** Can the media of that focus be brought here, now or within a moment? */
  boolean canBring(Site site, SlotId slot, Site focus);
}
