package dev.weir.service.peering;

import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.slot.SlotEffect;
import dev.weir.session.slot.SlotEvent;
import dev.weir.session.slot.SlotState;
import dev.weir.session.view.Announcement;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/**
 * Opens the content of Sync streams, feeds it with changes of slots, and tells slots who is there.
 */
final class SlotSyncs implements SyncContent.Factory {
  private final SlotBook book;
  private final EpochLedger epochs;
  private final ConnectedPeers connected;
  private final PeerAudit audit;
  private final Executor executor;
  private final List<SlotSync> open = new CopyOnWriteArrayList<>();

  SlotSyncs(
      SlotBook book,
      EpochLedger epochs,
      ConnectedPeers connected,
      PeerAudit audit,
      Executor executor) {
    this.book = book;
    this.epochs = epochs;
    this.connected = connected;
    this.audit = audit;
    this.executor = executor;
    book.onChange(this::changed);
    connected.onChange(this::tellWhoIsThere);
  }

  @Override
  public SyncContent open(Agreement agreement, byte[] ours, byte[] theirs, Runnable wake) {
    Site self = Site.of(agreement.key().site());
    Site peer = Site.of(agreement.key().peer());
    SlotSync sync =
        new SlotSync(
            agreement,
            Announcement.Key.of(self, ours, peer, theirs),
            book,
            epochs,
            audit,
            wake,
            this::closed);
    open.add(sync);
    sync.begin();
    connected.up(agreement.key());
    return sync;
  }

  private void closed(SlotSync sync) {
    boolean last =
        open.remove(sync)
            && open.stream()
                .noneMatch(s -> s.self().equals(sync.self()) && s.peer().equals(sync.peer()));
    if (last) {
      connected.down(new PeerKey(sync.self().name(), sync.peer().name()));
    }
  }

  private void tellWhoIsThere(Site self) {
    executor.execute(
        () -> {
          Set<Site> peers = connected.of(self);
          book.live(self)
              .forEach(slot -> book.apply(self, slot, new SlotEvent.PeersConnected(peers)));
        });
  }

  private void changed(Site site, SlotId slot, SlotState now, List<SlotEffect> effects) {
    for (SlotSync sync : open) {
      if (sync.self().equals(site)) {
        sync.changed(slot, now, effects);
      }
    }
    for (SlotEffect effect : effects) {
      if (effect instanceof SlotEffect.Refused(Site from, var reason)) {
        audit.refused("record", new PeerKey(site.name(), from.name()), reason);
      }
    }
    // A slot that begins does not know yet who is connected.
    Set<Site> peers = connected.of(site);
    if (!now.isForgettable() && !now.connected().equals(peers)) {
      executor.execute(() -> book.apply(site, slot, new SlotEvent.PeersConnected(peers)));
    }
  }
}
