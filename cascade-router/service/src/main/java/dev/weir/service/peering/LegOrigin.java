package dev.weir.service.peering;

import dev.weir.peering.v1.CloseLegRequest;
import dev.weir.peering.v1.LegGrant;
import dev.weir.peering.v1.NativeIdentity;
import dev.weir.peering.v1.OpenLegRequest;
import dev.weir.peering.v1.RenewLegRequest;
import dev.weir.session.Attachment;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.SlotId;
import dev.weir.session.name.RoomNames;
import dev.weir.session.slot.Sharing;
import dev.weir.session.slot.SlotState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Lets partners pull from our rooms: short tokens for one room each, only of slots that the partner
 * is in, within its limits; and takes the leave back when the agreement ends, again and again until
 * the last token has run out.
 */
final class LegOrigin {
  private static final Logger LOG = Logger.getLogger(LegOrigin.class);
  static final Duration TOKEN_LASTS = Duration.ofMinutes(10);

  /** One leg that we granted. */
  private record Granted(
      PeerKey key, SlotId slot, Room room, String node, long fence, Instant expires) {
    String liveKitRoom() {
      return RoomNames.of(slot, room);
    }

    String id() {
      return key.peer() + "/" + liveKitRoom() + "/" + node;
    }
  }

  private final SlotBook book;
  private final PullRooms rooms;
  private final InstantSource clock;
  private final Map<String, Granted> granted = new ConcurrentHashMap<>();
  private final Map<String, Granted> revoked = new ConcurrentHashMap<>();

  LegOrigin(SlotBook book, PullRooms rooms, InstantSource clock) {
    this.book = book;
    this.rooms = rooms;
    this.clock = clock;
  }

  LegGrant open(Agreement agreement, OpenLegRequest request) throws PeerRefusal {
    Site self = Site.of(agreement.key().site());
    Site peer = Site.of(agreement.key().peer());
    SlotId slot = slotOf(request);
    if (!agreement.view()) {
      throw new PeerRefusal(PeerRefusal.Reason.NOT_ALLOWED, "this agreement allows no viewers");
    }
    SlotState state =
        book.find(self, slot)
            .filter(s -> Sharing.peers(s).contains(peer))
            .orElseThrow(
                () -> new PeerRefusal(PeerRefusal.Reason.UNKNOWN, "no such slot is shared"));
    Room room =
        request.getGuestAnnexOf().isEmpty()
            ? Room.home(self)
            : Room.guest(Site.of(request.getGuestAnnexOf()));
    String node = nodeOf(state, room, request.getNode());
    Granted grant =
        new Granted(
            agreement.key(),
            slot,
            room,
            node,
            request.getFence(),
            clock.instant().plus(TOKEN_LASTS));
    prune();
    long others =
        granted.values().stream()
            .filter(g -> g.key().equals(agreement.key()) && !g.id().equals(grant.id()))
            .count();
    if (others >= agreement.limits().legs()) {
      throw new PeerRefusal(PeerRefusal.Reason.OVER_LIMIT, "legs");
    }
    return give(agreement, state, grant);
  }

  LegGrant renew(Agreement agreement, RenewLegRequest request) throws PeerRefusal {
    Granted known = granted.get(request.getLegId());
    if (known == null || !known.key().equals(agreement.key())) {
      throw new PeerRefusal(PeerRefusal.Reason.UNKNOWN, "no such leg: open it anew");
    }
    SlotState state =
        book.find(Site.of(agreement.key().site()), known.slot())
            .filter(s -> Sharing.peers(s).contains(Site.of(agreement.key().peer())))
            .orElseThrow(() -> new PeerRefusal(PeerRefusal.Reason.UNKNOWN, "the slot has ended"));
    return give(
        agreement,
        state,
        new Granted(
            known.key(),
            known.slot(),
            known.room(),
            known.node(),
            Math.max(known.fence(), request.getFence()),
            clock.instant().plus(TOKEN_LASTS)));
  }

  void close(Agreement agreement, CloseLegRequest request) {
    granted.computeIfPresent(
        request.getLegId(), (id, g) -> g.key().equals(agreement.key()) ? null : g);
  }

  private LegGrant give(Agreement agreement, SlotState state, Granted grant) throws PeerRefusal {
    Granted before = granted.get(grant.id());
    if (before != null && before.fence() > grant.fence() && before.expires().isAfter(now())) {
      throw new PeerRefusal(PeerRefusal.Reason.NOT_ALLOWED, "a newer owner holds this leg");
    }
    granted.put(grant.id(), grant);
    Site self = state.self();
    LegGrant.Builder answer =
        LegGrant.newBuilder()
            .setLegId(grant.id())
            .setUrl(rooms.signalling(self).toString())
            .setExpiresUnixMillis(grant.expires().toEpochMilli())
            .setMaxBitrateBps(agreement.limits().egressBitsPerSecond());
    for (String identity : PullIdentity.of(Site.of(grant.key().peer()))) {
      answer.addPullTokens(
          rooms.mint(
              self,
              grant.node(),
              grant.liveKitRoom(),
              identity,
              "{\"fence\":" + grant.fence() + "}",
              TOKEN_LASTS));
    }
    state.attachments().values().stream()
        .filter(a -> a.room().equals(grant.room()) && a.node().equals(grant.node()))
        .filter(a -> a.role().canBeSource())
        .limit(agreement.limits().membersPerSession())
        .forEach(
            a ->
                answer.addNatives(
                    NativeIdentity.newBuilder()
                        .setIdentity(a.identity())
                        .setMember(Wire.member(a.member()))));
    return answer.build();
  }

  private static SlotId slotOf(OpenLegRequest request) throws PeerRefusal {
    try {
      return Wire.slot(request.getSlot());
    } catch (SyncContent.BadSync e) {
      throw new PeerRefusal(PeerRefusal.Reason.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  /** The part of the room that is meant; we only ever name nodes that hold natives of it. */
  private static String nodeOf(SlotState state, Room room, String asked) throws PeerRefusal {
    List<String> nodes =
        state.attachments().values().stream()
            .filter(a -> a.room().equals(room))
            .map(Attachment::node)
            .distinct()
            .sorted()
            .toList();
    Optional<String> node =
        asked.isEmpty()
            ? nodes.stream().findFirst()
            : nodes.stream().filter(asked::equals).findFirst();
    return node.orElseThrow(
        () -> new PeerRefusal(PeerRefusal.Reason.UNKNOWN, "nobody is in that room now"));
  }

  private Instant now() {
    return clock.instant();
  }

  private void prune() {
    Instant now = now();
    granted.values().removeIf(g -> now.isAfter(g.expires().plus(TOKEN_LASTS)));
    revoked.values().removeIf(g -> now.isAfter(g.expires()));
  }

  int legsOf(PeerKey key) {
    Instant now = now();
    return (int)
        granted.values().stream()
            .filter(g -> g.key().equals(key) && g.expires().isAfter(now))
            .count();
  }

  /** The agreement has ended: what it pulls is thrown out, and kept out. */
  void revoke(PeerKey key) {
    granted
        .values()
        .removeIf(
            g -> {
              if (g.key().equals(key)) {
                // LiveKit refreshes tokens of connected participants: twice the time is safe.
                revoked.put(
                    g.id(),
                    new Granted(
                        g.key(),
                        g.slot(),
                        g.room(),
                        g.node(),
                        g.fence(),
                        now().plus(TOKEN_LASTS.multipliedBy(2))));
                return true;
              }
              return false;
            });
    sweep();
  }

  /** Removes revoked participants wherever they may have come back. */
  void sweep() {
    prune();
    for (Granted g : revoked.values()) {
      Granted inForceAgain = granted.get(g.id());
      if (inForceAgain != null) {
        revoked.remove(g.id());
        continue;
      }
      for (String identity : PullIdentity.of(Site.of(g.key().peer()))) {
        try {
          rooms.remove(Site.of(g.key().site()), g.node(), g.liveKitRoom(), identity);
        } catch (IOException e) {
          LOG.warnf(
              "event=revoked_pull_not_removed link=%s problem=\"%s\"", g.key(), e.getMessage());
        }
      }
    }
  }

  boolean hasRevoked() {
    return !revoked.isEmpty();
  }
}
