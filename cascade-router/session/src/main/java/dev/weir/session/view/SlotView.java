package dev.weir.session.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.weir.session.Client;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.Identities;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one site knows about a slot: a register per (writer, client), where the higher version wins.
 * Hosted records are registers of their own, because their writer is another site.
 */
public record SlotView(
    SlotId slot,
    Site self,
    Map<Site, Writer> writers,
    Map<Site, Set<Site>> hints,
    Map<Site, Set<Site>> guestSites) {
  /** How long a leave is remembered, so that an older record cannot bring the member back. */
  public static final Duration TOMBSTONES_LAST = Duration.ofHours(24);

  public SlotView {
    writers = Map.copyOf(writers);
    hints = Map.copyOf(hints);
    guestSites = Map.copyOf(guestSites);
  }

  public static SlotView empty(SlotId slot, Site self) {
    return new SlotView(slot, self, Map.of(), Map.of(), Map.of());
  }

  /** Takes a record that the given site sent. */
  public Merge merge(
      Site from, MemberRecord record, SiteDirectory sites, RecordLimits limits, Instant now) {
    Optional<Merge.Reason> refused = refusal(from, record, sites, limits);
    if (refused.isPresent()) {
      return new Merge.Refused(this, refused.get());
    }
    Writer writer = writers.getOrDefault(from, Writer.EMPTY);
    Held held = writer.records().get(record.client());
    Version known = held == null ? writer.floor() : held.record().version();
    if (!record.version().isAbove(known)) {
      return new Merge.Old(this);
    }
    if (held == null && writer.records().size() >= limits.recordsPerWriter()) {
      return new Merge.Refused(this, Merge.Reason.TOO_MANY_RECORDS);
    }
    return new Merge.Taken(with(from, put(writer, record, now)));
  }

  /** Writes a record of our own; the caller gives it a version above its last. */
  public SlotView write(MemberRecord record, Instant now) {
    if (!record.writer().equals(self)) {
      throw new IllegalArgumentException("not ours to write");
    }
    return with(self, put(writers.getOrDefault(self, Writer.EMPTY), record, now));
  }

  private static Writer put(Writer writer, MemberRecord record, Instant now) {
    Held held = writer.records().get(record.client());
    // A member that goes on keeps its age; one that comes back is new.
    Instant since = held != null && !held.record().left() && !record.left() ? held.since() : now;
    Map<Client, Held> records = new HashMap<>(writer.records());
    records.put(record.client(), new Held(record, since, now));
    return new Writer(writer.floor(), records);
  }

  /**
   * Takes a snapshot: drops what its writer no longer knows, and takes its records one by one.
   * Returns the refusals beside the view.
   */
  public Snapshotted merge(
      Site from, Snapshot snapshot, SiteDirectory sites, RecordLimits limits, Instant now) {
    if (!from.equals(snapshot.writer())) {
      return new Snapshotted(this, List.of(Merge.Reason.NOT_THE_WRITER));
    }
    List<Merge.Reason> refusals = new ArrayList<>();
    Set<Client> present = new HashSet<>();
    snapshot.records().forEach(record -> present.add(record.client()));
    // What is gone goes first: it must not take the space of what is there.
    SlotView view = withoutAllBut(from, present, snapshot.asOf());
    for (MemberRecord record : snapshot.records()) {
      Merge merge = view.merge(from, record, sites, limits, now);
      view = merge.view();
      if (merge instanceof Merge.Refused refused) {
        refusals.add(refused.reason());
        present.remove(record.client());
      }
    }
    Writer writer = view.writers.getOrDefault(from, Writer.EMPTY);
    if (!snapshot.asOf().isAbove(writer.floor())) {
      return new Snapshotted(view, refusals);
    }
    view = view.withoutAllBut(from, present, snapshot.asOf());
    Map<Client, Held> kept = view.writers.getOrDefault(from, Writer.EMPTY).records();
    return new Snapshotted(view.with(from, new Writer(snapshot.asOf(), kept)), refusals);
  }

  /** Drops what its writer no longer knows as of a version, except for what it still names. */
  private SlotView withoutAllBut(Site from, Set<Client> present, Version asOf) {
    Writer writer = writers.getOrDefault(from, Writer.EMPTY);
    if (!asOf.isAbove(writer.floor())) {
      return this;
    }
    Map<Client, Held> kept = new HashMap<>(writer.records());
    boolean fewer =
        kept.values()
            .removeIf(
                held ->
                    !present.contains(held.record().client())
                        && !held.record().version().isAbove(asOf));
    return fewer ? with(from, new Writer(writer.floor(), kept)) : this;
  }

  /** A view after a snapshot, and why parts of it were refused. */
  public record Snapshotted(SlotView view, List<Merge.Reason> refusals) {}

  /** Our own records for a peer, to be sent after a reconnect. */
  public Snapshot snapshot(Version asOf, Site receiver) {
    Map<Client, MemberRecord> sorted = new TreeMap<>();
    for (Held held : writers.getOrDefault(self, Writer.EMPTY).records().values()) {
      if (held.record().concerns(receiver)) {
        sorted.put(held.record().client(), held.record());
      }
    }
    return new Snapshot(self, asOf, List.copyOf(sorted.values()));
  }

  /**
   * Names of other sites that are in the slot through a focus, and which of them have guests of it;
   * replaces what it said before.
   */
  public SlotView withHint(Site from, Set<Site> sites, Set<Site> withGuests, int limit) {
    return new SlotView(
        slot,
        self,
        writers,
        hinted(hints, from, sites, limit),
        hinted(guestSites, from, withGuests, limit));
  }

  private Map<Site, Set<Site>> hinted(
      Map<Site, Set<Site>> before, Site from, Set<Site> sites, int limit) {
    Map<Site, Set<Site>> changed = new HashMap<>(before);
    Set<Site> others = new TreeSet<>(sites);
    others.remove(self);
    others.remove(from);
    if (others.isEmpty()) {
      changed.remove(from);
    } else {
      changed.put(from, Set.copyOf(others.stream().limit(limit).toList()));
    }
    return changed;
  }

  /** Forgets a peer whose agreement has ended. */
  public SlotView without(Site writer) {
    Map<Site, Writer> fewer = new HashMap<>(writers);
    fewer.remove(writer);
    Map<Site, Set<Site>> fewerHints = new HashMap<>(hints);
    fewerHints.remove(writer);
    Map<Site, Set<Site>> fewerGuests = new HashMap<>(guestSites);
    fewerGuests.remove(writer);
    return new SlotView(slot, self, fewer, fewerHints, fewerGuests);
  }

  /**
   * What two replicas of this site knew together: of each record the higher version. A record that
   * one of them had dropped because a snapshot did not hold it stays dropped.
   */
  public static SlotView reunited(SlotView one, SlotView other) {
    Map<Site, Writer> all = new HashMap<>(one.writers);
    other.writers.forEach((site, writer) -> all.merge(site, writer, Writer::reunited));
    return new SlotView(
        one.slot,
        one.self,
        all,
        union(one.hints, other.hints),
        union(one.guestSites, other.guestSites));
  }

  private static Map<Site, Set<Site>> union(Map<Site, Set<Site>> one, Map<Site, Set<Site>> other) {
    Map<Site, Set<Site>> union = new HashMap<>(one);
    other.forEach(
        (site, names) ->
            union.merge(
                site,
                names,
                (a, b) -> {
                  Set<Site> both = new HashSet<>(a);
                  both.addAll(b);
                  return both;
                }));
    return union;
  }

  /** Drops tombstones that are old enough. */
  public SlotView expire(Instant now) {
    Instant before = now.minus(TOMBSTONES_LAST);
    SlotView view = this;
    for (Map.Entry<Site, Writer> entry : writers.entrySet()) {
      Map<Client, Held> kept = new HashMap<>(entry.getValue().records());
      if (kept.values().removeIf(h -> h.record().left() && !h.heldAt().isAfter(before))) {
        view = view.with(entry.getKey(), new Writer(entry.getValue().floor(), kept));
      }
    }
    return view;
  }

  /**
   * The live members: at most one record a client and source. A hosted record yields to a live one
   * of the home site.
   */
  public Collection<Held> live() {
    Map<Client, Held> fromHome = new LinkedHashMap<>();
    for (Writer writer : writers.values()) {
      for (Held held : writer.records().values()) {
        if (!held.record().hosted() && !held.record().left()) {
          fromHome.put(held.record().client(), held);
        }
      }
    }
    List<Held> all = new ArrayList<>(fromHome.values());
    for (Writer writer : writers.values()) {
      for (Held held : writer.records().values()) {
        MemberRecord record = held.record();
        if (record.hosted() && !record.left() && !fromHome.containsKey(record.client())) {
          all.add(held);
        }
      }
    }
    return all;
  }

  public Optional<MemberRecord> own(Client client) {
    return Optional.ofNullable(writers.getOrDefault(self, Writer.EMPTY).records().get(client))
        .map(Held::record);
  }

  /** All records by (writer, client), without local times: equal at sites that saw the same. */
  @JsonIgnore
  public Map<Site, Map<Client, MemberRecord>> content() {
    Map<Site, Map<Client, MemberRecord>> all = new TreeMap<>();
    writers.forEach(
        (site, writer) -> {
          Map<Client, MemberRecord> records = new TreeMap<>();
          writer.records().forEach((client, held) -> records.put(client, held.record()));
          all.put(site, records);
        });
    return all;
  }

  private SlotView with(Site writer, Writer content) {
    Map<Site, Writer> changed = new HashMap<>(writers);
    changed.put(writer, content);
    return new SlotView(slot, self, changed, hints, guestSites);
  }

  private Optional<Merge.Reason> refusal(
      Site from, MemberRecord record, SiteDirectory sites, RecordLimits limits) {
    if (!record.writer().equals(from)) {
      return Optional.of(Merge.Reason.NOT_THE_WRITER);
    }
    Optional<Site> userSite = sites.siteOf(record.member().server());
    if (record.hosted()) {
      if (userSite.equals(Optional.of(self))) {
        return Optional.of(Merge.Reason.OUR_OWN_USER);
      }
      if (userSite.equals(Optional.of(from))) {
        return Optional.of(Merge.Reason.NOT_ITS_USER);
      }
    } else if (!userSite.equals(Optional.of(from))) {
      return Optional.of(Merge.Reason.NOT_ITS_USER);
    }
    if (record.identities().size() > limits.identitiesPerRecord() || tooLong(record, limits)) {
      return Optional.of(Merge.Reason.TOO_LARGE);
    }
    for (String identity : record.identities()) {
      if (!Identities.isOf(record.member(), identity)) {
        return Optional.of(Merge.Reason.FOREIGN_IDENTITY);
      }
    }
    return Optional.empty();
  }

  private static boolean tooLong(MemberRecord record, RecordLimits limits) {
    int max = limits.idLength();
    return record.member().user().length() > max
        || record.member().device().length() > max
        || record.member().memberId().length() > max
        || record.node().length() > max
        || record.home().name().length() > max
        || record.focus().name().length() > max;
  }
}
