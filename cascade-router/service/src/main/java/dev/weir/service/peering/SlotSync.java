package dev.weir.service.peering;

import com.google.protobuf.ByteString;
import dev.weir.peering.v1.Announcements;
import dev.weir.peering.v1.MemberUpdate;
import dev.weir.peering.v1.SiteHint;
import dev.weir.peering.v1.SlotSnapshot;
import dev.weir.peering.v1.SyncMessage;
import dev.weir.session.Client;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.Sharing;
import dev.weir.session.slot.SlotEffect;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotState;
import dev.weir.session.slot.Unannounced;
import dev.weir.session.view.Announced;
import dev.weir.session.view.Announcement;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Snapshot;
import dev.weir.session.view.Version;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What one Sync stream carries about slots.
 *
 * <p>Slots with somebody of ours in them are announced as tags; a call that has ended is remembered
 * for a day, but announced no more. A slot is shared when our state names the partner: it announced
 * the slot too, it admitted a user, or it is a member's home or focus. A shared slot gets a
 * snapshot once, and then the records of ours that change; what is due is kept as the newest state,
 * never as a queue. What the partner says about a slot that we know nothing of is dropped: it will
 * say it again when we announce the slot.
 */
final class SlotSync implements SyncContent {
  private static final Logger LOG = Logger.getLogger(SlotSync.class);
  private static final int TAGS_PER_MESSAGE = 2000;
  private static final int RECORDS_PER_SNAPSHOT = 200;
  private static final int HINTED_SITES = 64;

  private record Change(SlotId slot, Client client) {}

  private final Agreement agreement;
  private final Site self;
  private final Site peer;
  private final SlotBook book;
  private final EpochLedger epochs;
  private final PeerAudit audit;
  private final Runnable wake;
  private final Runnable detach;

  // All below is guarded by this.
  private final Announced announced;
  private final Set<SlotId> known = new HashSet<>();
  private final Set<SlotId> live = new HashSet<>();
  private final Set<SlotId> shared = new HashSet<>();
  private final Set<Announcement> tagsToAdd = new LinkedHashSet<>();
  private final Set<Announcement> tagsToRemove = new LinkedHashSet<>();
  private final Map<SlotId, Boolean> matchesToTell = new LinkedHashMap<>();
  private boolean completeSent;
  private final Set<SlotId> snapshotsDue = new LinkedHashSet<>();
  private final Map<Change, MemberRecord> recordsDue = new LinkedHashMap<>();
  private final Set<SlotId> conclusionsDue = new LinkedHashSet<>();
  private final Set<SlotId> hintsDue = new LinkedHashSet<>();

  SlotSync(
      Agreement agreement,
      Announcement.Key key,
      SlotBook book,
      EpochLedger epochs,
      PeerAudit audit,
      Runnable wake,
      java.util.function.Consumer<SlotSync> detach) {
    this.agreement = agreement;
    this.self = Site.of(agreement.key().site());
    this.peer = Site.of(agreement.key().peer());
    this.book = book;
    this.epochs = epochs;
    this.audit = audit;
    this.wake = wake;
    this.detach = () -> detach.accept(this);
    this.announced = new Announced(key, self, peer, Math.max(1, agreement.limits().sessions()) * 4);
  }

  Site self() {
    return self;
  }

  Site peer() {
    return peer;
  }

  /** Takes up all slots that live now; changes are heard from before this call on. */
  void begin() {
    for (SlotId slot : book.live(self)) {
      book.find(self, slot).ifPresent(state -> changed(slot, state, List.of()));
    }
  }

  void changed(SlotId slot, SlotState state, List<SlotEffect> effects) {
    synchronized (this) {
      if (state.isForgettable()) {
        forget(slot);
      } else {
        known.add(slot);
        if (state.isLive()) {
          announce(slot);
        } else {
          withdraw(slot);
        }
        if (Sharing.peers(state).contains(peer)) {
          share(slot);
        }
        if (shared.contains(slot)) {
          effects.forEach(effect -> due(slot, effect));
        }
      }
    }
    tellMatches();
    wake.run();
  }

  private void announce(SlotId slot) {
    if (live.add(slot)) {
      Announcement tag = announced.begin(slot);
      tagsToRemove.remove(tag);
      tagsToAdd.add(tag);
      if (announced.isShared(slot)) {
        matchesToTell.put(slot, true);
      }
    }
  }

  private void withdraw(SlotId slot) {
    if (live.remove(slot)) {
      Announcement tag = announced.end(slot);
      if (!tagsToAdd.remove(tag)) {
        tagsToRemove.add(tag);
      }
    }
  }

  private void forget(SlotId slot) {
    withdraw(slot);
    known.remove(slot);
    shared.remove(slot);
    snapshotsDue.remove(slot);
    conclusionsDue.remove(slot);
    hintsDue.remove(slot);
  }

  private void share(SlotId slot) {
    if (!shared.contains(slot) && hasSpace()) {
      shared.add(slot);
      snapshotsDue.add(slot);
      hintsDue.add(slot);
    }
  }

  /** Calls that have ended take no space. */
  private boolean hasSpace() {
    int limit = agreement.limits().sessions();
    return shared.size() < limit || shared.stream().filter(live::contains).count() < limit;
  }

  private void due(SlotId slot, SlotEffect effect) {
    switch (effect) {
      case SlotEffect.Tell(MemberRecord record) -> {
        if (record.concerns(peer)) {
          recordsDue.put(new Change(slot, record.client()), record);
        }
      }
      case SlotEffect.TellHint() -> hintsDue.add(slot);
      case SlotEffect.Share share -> {} // Seen in the state, whoever caused it.
      case SlotEffect.Refused refused -> {}
    }
  }

  @Override
  public synchronized @Nullable SyncMessage next() {
    if (!completeSent || !tagsToAdd.isEmpty() || !tagsToRemove.isEmpty()) {
      return nextTags();
    }
    Iterator<SlotId> snapshots = snapshotsDue.iterator();
    while (snapshots.hasNext()) {
      SlotId slot = snapshots.next();
      snapshots.remove();
      Optional<SlotState> state = book.find(self, slot);
      if (state.isPresent()) {
        recordsDue.keySet().removeIf(change -> change.slot().equals(slot));
        return snapshot(slot, state.get());
      }
    }
    Iterator<Map.Entry<Change, MemberRecord>> records = recordsDue.entrySet().iterator();
    if (records.hasNext()) {
      Map.Entry<Change, MemberRecord> entry = records.next();
      records.remove();
      return SyncMessage.newBuilder()
          .setUpdate(Wire.update(entry.getKey().slot(), entry.getValue()))
          .build();
    }
    Iterator<SlotId> conclusions = conclusionsDue.iterator();
    while (conclusions.hasNext()) {
      SlotId slot = conclusions.next();
      conclusions.remove();
      Optional<SlotState> state = book.find(self, slot);
      if (state.isPresent()) {
        return conclusion(slot, state.get());
      }
    }
    return nextHint();
  }

  private SyncMessage nextTags() {
    Announcements.Builder tags = Announcements.newBuilder().setComplete(!completeSent);
    completeSent = true;
    takeSome(tagsToAdd).forEach(tags::addAdded);
    takeSome(tagsToRemove).forEach(tags::addRemoved);
    return SyncMessage.newBuilder().setAnnouncements(tags).build();
  }

  private static List<ByteString> takeSome(Set<Announcement> tags) {
    List<ByteString> some = new ArrayList<>();
    Iterator<Announcement> each = tags.iterator();
    while (each.hasNext() && some.size() < TAGS_PER_MESSAGE) {
      some.add(ByteString.copyFrom(each.next().bytes()));
      each.remove();
    }
    return some;
  }

  /** Of a large slot the first part concludes nothing, the rest goes as single records. */
  private SyncMessage snapshot(SlotId slot, SlotState state) {
    Snapshot whole = state.view().snapshot(state.last(), peer);
    Snapshot sent = whole;
    if (whole.records().size() > RECORDS_PER_SNAPSHOT) {
      List<MemberRecord> first = whole.records().subList(0, RECORDS_PER_SNAPSHOT);
      sent = new Snapshot(whole.writer(), Version.NONE, first);
      whole
          .records()
          .subList(RECORDS_PER_SNAPSHOT, whole.records().size())
          .forEach(record -> recordsDue.put(new Change(slot, record.client()), record));
      conclusionsDue.add(slot);
    }
    return SyncMessage.newBuilder().setSnapshot(Wire.snapshot(slot, sent)).build();
  }

  /** All of a large slot has been said: what is older than the oldest of it is gone. */
  private SyncMessage conclusion(SlotId slot, SlotState state) {
    long oldest =
        state.view().snapshot(state.last(), peer).records().stream()
            .mapToLong(record -> record.version().epoch())
            .min()
            .orElse(state.last().epoch());
    Snapshot end = new Snapshot(self, new Version(oldest, 0, ""), List.of());
    return SyncMessage.newBuilder().setSnapshot(Wire.snapshot(slot, end)).build();
  }

  private @Nullable SyncMessage nextHint() {
    Iterator<SlotId> hints = hintsDue.iterator();
    while (hints.hasNext()) {
      SlotId slot = hints.next();
      hints.remove();
      Optional<SlotState> state = book.find(self, slot);
      if (state.isPresent()) {
        SiteHint.Builder hint = SiteHint.newBuilder().setSlot(Wire.slot(slot));
        Sharing.hintFor(state.get(), peer).forEach(site -> hint.addServerNames(site.name()));
        Sharing.guestHintFor(state.get(), peer)
            .forEach(site -> hint.addGuestServerNames(site.name()));
        return SyncMessage.newBuilder().setSiteHint(hint).build();
      }
    }
    return null;
  }

  @Override
  public void received(SyncMessage message) throws BadSync {
    switch (message.getMessageCase()) {
      case ANNOUNCEMENTS -> announcements(message.getAnnouncements());
      case SNAPSHOT -> snapshot(message.getSnapshot());
      case UPDATE -> update(message.getUpdate());
      case SITE_HINT -> hint(message.getSiteHint());
      default -> {} // A newer partner says something that we do not know.
    }
  }

  private void announcements(Announcements tags) {
    List<Announcement> added =
        tags.getAddedList().stream().map(t -> Announcement.of(t.toByteArray())).toList();
    synchronized (this) {
      Set<SlotId> matches = tags.getComplete() ? announced.replace(added) : announced.add(added);
      announced.remove(
          tags.getRemovedList().stream().map(t -> Announcement.of(t.toByteArray())).toList());
      for (SlotId slot : matches) {
        matchesToTell.put(slot, true);
        // What we said before the partner had anything in the slot, it has dropped.
        if (shared.contains(slot)) {
          snapshotsDue.add(slot);
        }
      }
      if (announced.isWhole() && (tags.getComplete() || tags.getRemovedCount() > 0)) {
        for (SlotId slot : tags.getComplete() ? known : shared) {
          if (!announced.isShared(slot)) {
            matchesToTell.put(slot, false);
          }
        }
      }
    }
    tellMatches();
    wake.run();
  }

  /** Tells slots what matched, outside of the lock: they answer with a change. */
  private void tellMatches() {
    Map<SlotId, Boolean> due;
    synchronized (this) {
      if (matchesToTell.isEmpty()) {
        return;
      }
      due = Map.copyOf(matchesToTell);
      matchesToTell.clear();
    }
    due.forEach(
        (slot, has) -> {
          if (book.find(self, slot).filter(s -> Unannounced.isNews(s, peer, has)).isPresent()) {
            book.apply(self, slot, new SlotEvent.Matched(peer, has));
          }
        });
  }

  private void snapshot(SlotSnapshot message) throws BadSync {
    SlotId slot = Wire.slot(message.getSlot());
    epochs.heard(agreement.key(), message.getAsOf().getEpoch());
    if (concernsUs(slot)) {
      book.apply(self, slot, new SlotEvent.PeerSnapshot(peer, Wire.snapshot(peer, message)));
    }
  }

  private void update(MemberUpdate message) throws BadSync {
    SlotId slot = Wire.slot(message.getSlot());
    epochs.heard(agreement.key(), message.getRecord().getVersion().getEpoch());
    if (concernsUs(slot)) {
      book.apply(self, slot, new SlotEvent.PeerRecord(peer, Wire.record(message.getRecord())));
    }
  }

  private void hint(SiteHint message) throws BadSync {
    SlotId slot = Wire.slot(message.getSlot());
    Set<Site> sites = named(message.getServerNamesList());
    Set<Site> withGuests = named(message.getGuestServerNamesList());
    if (concernsUs(slot)) {
      book.apply(self, slot, new SlotEvent.PeerHint(peer, sites, withGuests));
    }
  }

  private static Set<Site> named(List<String> names) {
    Set<Site> sites = new TreeSet<>();
    for (String name : names) {
      if (sites.size() < HINTED_SITES && !name.isBlank()) {
        sites.add(Site.of(name));
      }
    }
    return sites;
  }

  /** A partner cannot make us remember a slot that we have no part in. */
  private boolean concernsUs(SlotId slot) {
    boolean ours;
    synchronized (this) {
      ours = known.contains(slot);
    }
    if (!ours) {
      LOG.debugf("event=peer_spoke_of_unknown_slot link=%s", agreement.key());
      audit.ignored("unknown_slot");
    }
    return ours;
  }

  @Override
  public void ended() {
    detach.run();
  }
}
