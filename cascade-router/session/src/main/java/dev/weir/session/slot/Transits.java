package dev.weir.session.slot;

import dev.weir.session.Attachment;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * Who is on the way between places, as the gates tell.
 *
 * @param moves rooms of ours that move between nodes
 * @param travellers who has left the old node of such a room and is not at the new one yet
 * @param upgrades identities on their way in at the gate, and when to stop waiting for them
 * @param elsewhere annexes of ours whose clients are bound to the focus itself for a time
 */
record Transits(
    Set<RoomMove> moves,
    Set<Attachment> travellers,
    Map<Attachment.Key, Instant> upgrades,
    Set<Elsewhere> elsewhere) {
  static final Transits NONE = new Transits(Set.of(), Set.of(), Map.of(), Set.of());

  Transits {
    moves = Set.copyOf(moves);
    travellers = Set.copyOf(travellers);
    upgrades = Map.copyOf(upgrades);
    elsewhere = Set.copyOf(elsewhere);
  }

  Transits withMoves(Set<RoomMove> value) {
    return new Transits(value, travellers, upgrades, elsewhere);
  }

  Transits withTravellers(Set<Attachment> value) {
    return new Transits(moves, value, upgrades, elsewhere);
  }

  Transits withUpgrades(Map<Attachment.Key, Instant> value) {
    return new Transits(moves, travellers, value, elsewhere);
  }

  Transits withElsewhere(Set<Elsewhere> value) {
    return new Transits(moves, travellers, upgrades, value);
  }
}
