package dev.weir.session.view;

import dev.weir.session.Site;
import java.util.List;

/**
 * All records that a site has written about a slot, tombstones too.
 *
 * @param asOf the newest version that the writer had given out for this slot; {@link Version#NONE}
 *     from peers that do not send it: then nothing can be concluded from what is missing
 */
public record Snapshot(Site writer, Version asOf, List<MemberRecord> records) {
  public Snapshot {
    records = List.copyOf(records);
  }
}
