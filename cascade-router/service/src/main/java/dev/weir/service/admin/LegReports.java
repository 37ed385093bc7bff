package dev.weir.service.admin;

import dev.weir.service.admin.Overview.LegLine;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import java.util.List;

/** The relay legs that this site keeps for a slot. */
public interface LegReports {
  List<LegLine> of(Site ours, SlotId slot);
}
