package dev.weir.service.admin;

import dev.weir.admin.v1.Condition;
import dev.weir.session.Site;
import java.util.List;

/** What else of a site its admin must see in the status of the Homeserver. */
public interface SiteConditions {
  List<Condition> of(Site ours);
}
