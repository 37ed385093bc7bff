package dev.weir.session.slot;

import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Room;
import dev.weir.session.Site;
import dev.weir.session.view.MemberRecord;
import dev.weir.session.view.Snapshot;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Everything that can happen to a slot at one site. */
public sealed interface SlotEvent {
  /** One of our clients asked for a foreign focus; a token alone is no attachment. */
  record Asked(Client client, Site focus) implements SlotEvent {}

  /** One of our clients is served by a foreign focus directly, or no longer is. */
  record DirectAt(Client client, Site focus, boolean direct) implements SlotEvent {}

  /** What an application service read in a client's membership event. */
  record Declares(Client client, Declared declared) implements SlotEvent {}

  /** A peer's router let one of its users be asked in for our focus. */
  record Admitted(Site home) implements SlotEvent {}

  /** A peer's announcement of this slot was recognised, or withdrawn. */
  record Matched(Site peer, boolean has) implements SlotEvent {}

  /** participant_joined of a native participant. */
  record Joined(Attachment attachment) implements SlotEvent {}

  /** The end of a native participant; of that SID only. */
  record Left(Attachment.Key key, String sid) implements SlotEvent {}

  /** Tracks appeared or the last one went; muting is neither. */
  record Publishes(Attachment.Key key, String sid, boolean publishes) implements SlotEvent {}

  /**
   * A poll: all native participants of a room at a node. What joined after the list was taken is
   * not judged by it.
   */
  record Listed(String node, Room room, List<Attachment> natives, Instant takenAt)
      implements SlotEvent {
    public Listed {
      natives = List.copyOf(natives);
    }
  }

  /** A native client is being let in at the gate; ends by itself at the given time. */
  record UpgradeBegan(Attachment.Key key, Instant until) implements SlotEvent {}

  /** Its way in is over; says nothing about another one that began since. */
  record UpgradeEnded(Attachment.Key key, Instant until) implements SlotEvent {}

  /** A move of one of our rooms began or went on to its switch. */
  record Moving(RoomMove move) implements SlotEvent {}

  record MoveEnded(Room room) implements SlotEvent {}

  /** The media of an annex' focus cannot be brought to this node: its clients go to the focus. */
  record SentElsewhere(Room annex, String node) implements SlotEvent {}

  /** The media can be brought again: the annex' clients come back to it. */
  record CalledBack(Room annex) implements SlotEvent {}

  /** The gate binds a client of an annex to the focus itself now, or no longer does. */
  record BoundElsewhere(Room annex, Client client, boolean there) implements SlotEvent {}

  /** The peers whose streams are up now. */
  record PeersConnected(Set<Site> peers) implements SlotEvent {
    public PeersConnected {
      peers = Set.copyOf(peers);
    }
  }

  /** An agreement has ended: what the peer said is forgotten. */
  record PeerGone(Site peer) implements SlotEvent {}

  /** A record that a peer sent. */
  record PeerRecord(Site from, MemberRecord record) implements SlotEvent {}

  /** A snapshot that a peer sent. */
  record PeerSnapshot(Site from, Snapshot snapshot) implements SlotEvent {}

  /** Names of other sites in this slot, from a focus, and which of them have guests of it. */
  record PeerHint(Site from, Set<Site> sites, Set<Site> withGuests) implements SlotEvent {
    public PeerHint {
      sites = Set.copyOf(sites);
      withGuests = Set.copyOf(withGuests);
    }

    public PeerHint(Site from, Set<Site> sites) {
      this(from, sites, Set.of());
    }
  }

  /** Replicas may have diverged: all our records are written anew in this epoch. */
  record NewEpoch(long epoch) implements SlotEvent {}

  /** Time has passed. */
  record Tick() implements SlotEvent {}
}
