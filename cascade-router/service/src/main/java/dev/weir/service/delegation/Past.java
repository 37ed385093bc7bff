package dev.weir.service.delegation;

import dev.weir.session.delegation.JobKey;
import dev.weir.session.delegation.Track;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The events of members that have none any more, for a while: a late copy of a request that named
 * one of them must not replace the event that the member has by then.
 */
final class Past {
  private static final int MEMBERS = 10_000;

  private final Map<JobKey, Set<String>> ids =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<JobKey, Set<String>> eldest) {
          return size() > MEMBERS;
        }
      };

  void keep(Track track) {
    ids.remove(track.key());
    ids.put(track.key(), Set.copyOf(track.oldIds()));
  }

  Set<String> of(JobKey member) {
    return ids.getOrDefault(member, Set.of());
  }
}
