package dev.weir.service.admin;

import dev.weir.admin.v1.PeerState;
import dev.weir.session.Site;
import java.util.List;

/** How the agreements of one of our sites fare. */
public interface PeerStates {
  List<PeerState> of(Site ours);
}
