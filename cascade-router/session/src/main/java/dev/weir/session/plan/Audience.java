package dev.weir.session.plan;

import dev.weir.session.Attachment;
import dev.weir.session.Client;
import dev.weir.session.Role;
import dev.weir.session.Room;
import dev.weir.session.Spot;
import dev.weir.session.slot.Elsewhere;
import dev.weir.session.slot.RoomMove;
import dev.weir.session.slot.SlotState;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who is natively in one of our rooms at one node, as far as the rules ask. */
final class Audience {
  private final Set<String> natives = new HashSet<>();
  private @Nullable Client only;
  private boolean several;

  /** A viewer that is neither direct nor restricted: R2 is for those alone. */
  private boolean full;

  private boolean legacy;

  /** The audiences of all rooms that are targets. */
  static Map<Spot, Audience> of(SlotState state, Set<Client> legacyClients) {
    Map<Spot, Audience> audiences = new TreeMap<>();
    add(state, state.attachments().values(), legacyClients, audiences);
    add(state, state.travellers(), legacyClients, audiences);
    for (Attachment.Key key : state.upgrades().keySet()) {
      @Nullable Audience audience = audiences.get(spot(state, key.node(), key.room()));
      if (audience != null) {
        audience.natives.add(key.identity());
      }
    }
    for (RoomMove move : state.moves()) {
      moving(state, move, audiences);
    }
    for (Elsewhere annex : state.elsewhere()) {
      audiences
          .computeIfAbsent(spot(state, annex.node(), annex.room()), s -> new Audience())
          .awaitMany();
    }
    return audiences;
  }

  private static void add(
      SlotState state,
      Collection<Attachment> attachments,
      Set<Client> legacyClients,
      Map<Spot, Audience> audiences) {
    for (Attachment a : attachments) {
      audiences
          .computeIfAbsent(spot(state, a.node(), a.room()), s -> new Audience())
          .add(a, legacyClients);
    }
  }

  /** A room that moves in counts as viewed; its natives are on their way, so none is relayed. */
  private static void moving(SlotState state, RoomMove move, Map<Spot, Audience> audiences) {
    Spot from = spot(state, move.from(), move.room());
    @Nullable Audience old = audiences.get(from);
    if (old != null) {
      audiences.computeIfAbsent(spot(state, move.to(), move.room()), s -> new Audience()).add(old);
    }
    if (move.switched()) {
      audiences.remove(from);
    }
  }

  private static Spot spot(SlotState state, String node, Room room) {
    return Spot.of(state.self(), node, room);
  }

  private void add(Attachment a, Set<Client> legacyClients) {
    natives.add(a.identity());
    add(a.client());
    full |= a.role().atHome();
    legacy |=
        (a.role() == Role.OWN || a.role() == Role.GUEST) && legacyClients.contains(a.client());
  }

  private void add(Audience other) {
    natives.addAll(other.natives);
    if (other.only != null) {
      add(other.only);
    }
    several |= other.several;
    full |= other.full;
    legacy |= other.legacy;
  }

  /** An annex whose clients are elsewhere for a time is kept as if they were there. */
  private void awaitMany() {
    several = true;
    full = true;
  }

  private void add(Client client) {
    several |= only != null && !only.equals(client);
    only = client;
  }

  boolean isFull() {
    return full;
  }

  boolean isLegacy() {
    return legacy;
  }

  boolean holds(String identity) {
    return natives.contains(identity);
  }

  /** Nobody watches but the publisher's own client. */
  boolean isNobodyBut(Client client) {
    return !several && client.equals(only);
  }
}
