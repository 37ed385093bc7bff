package dev.weir.service.peering;

import dev.weir.session.Site;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The highest epoch that each partner has shown us, told back to it when we greet. */
final class EpochLedger implements Greeting.Epochs {
  private final SlotBook book;
  private final Map<PeerKey, Long> seen = new ConcurrentHashMap<>();

  EpochLedger(SlotBook book) {
    this.book = book;
  }

  void heard(PeerKey key, long epoch) {
    seen.merge(key, epoch, Math::max);
  }

  @Override
  public long highestSeen(PeerKey key) {
    return seen.getOrDefault(key, 0L);
  }

  @Override
  public void seenByPeer(PeerKey key, long epoch) {
    if (epoch > 0) {
      book.raiseEpoch(Site.of(key.site()), epoch);
    }
  }
}
