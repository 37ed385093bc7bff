package dev.weir.session.slot;

import dev.weir.session.Site;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What was observed of one of our own clients beside its attachments.
 *
 * @param multiSfu it has joined a view annex of this slot: no legacy client does
 * @param asked when it last asked for each foreign focus
 * @param direct foreign foci that answered it directly, so that we see no attachment
 * @param suspect taken for legacy by what it does not do
 * @param suspectUntil suspicion ended, and is kept until then; EPOCH while it has not ended
 */
public record ClientFacts(
    boolean multiSfu,
    Map<Site, Instant> asked,
    Set<Site> direct,
    Declared declared,
    boolean suspect,
    Instant suspectUntil) {
  public static final ClientFacts NONE =
      new ClientFacts(false, Map.of(), Set.of(), Declared.UNKNOWN, false, Instant.EPOCH);

  public ClientFacts {
    asked = Map.copyOf(asked);
    direct = Set.copyOf(direct);
  }

  ClientFacts asMultiSfu() {
    return new ClientFacts(true, asked, direct, declared, suspect, suspectUntil);
  }

  ClientFacts withAsked(Site focus, Instant at) {
    Map<Site, Instant> more = new HashMap<>(asked);
    more.put(focus, at);
    return new ClientFacts(multiSfu, more, direct, declared, suspect, suspectUntil);
  }

  ClientFacts withDirect(Site focus, boolean isDirect) {
    Set<Site> changed = new HashSet<>(direct);
    if (isDirect) {
      changed.add(focus);
    } else {
      changed.remove(focus);
    }
    return new ClientFacts(multiSfu, asked, changed, declared, suspect, suspectUntil);
  }

  ClientFacts withDeclared(Declared value) {
    return new ClientFacts(multiSfu, asked, direct, value, suspect, suspectUntil);
  }

  ClientFacts withSuspicion(boolean isSuspect, Instant until) {
    return new ClientFacts(multiSfu, asked, direct, declared, isSuspect, until);
  }
}
