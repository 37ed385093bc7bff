package dev.weir.session.world;

import dev.weir.session.Spot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rooms of all nodes, with the one habit that matters: equal identities kick the older one. */
final class LiveKit {
  private final Map<Spot, Map<String, Participant>> rooms = new TreeMap<>();
  private final List<String> nativesKickedByRelays = new ArrayList<>();
  private int sids;

  /**
   * @param from null for a native participant, else the spot that a relay pulls it from
   */
  record Participant(String sid, @Nullable SimClient client, @Nullable Spot from) {
    boolean isNative() {
      return from == null;
    }
  }

  /** Returns the SID of the new participant and the one that had to go. */
  record Entry(String sid, @Nullable Participant kicked) {}

  Entry enter(Spot spot, String identity, @Nullable SimClient client, @Nullable Spot from) {
    String sid = "PA_" + ++sids;
    Participant newcomer = new Participant(sid, client, from);
    @Nullable Participant kicked = room(spot).put(identity, newcomer);
    if (kicked != null && kicked.isNative() && !newcomer.isNative()) {
      nativesKickedByRelays.add(identity + " in " + spot);
    }
    return new Entry(sid, kicked);
  }

  void leave(Spot spot, String identity, String sid) {
    @Nullable Participant there = room(spot).get(identity);
    if (there != null && there.sid().equals(sid)) {
      room(spot).remove(identity);
    }
  }

  Map<String, Participant> room(Spot spot) {
    return rooms.computeIfAbsent(spot, s -> new TreeMap<>());
  }

  @Nullable Participant at(Spot spot, String identity) {
    return room(spot).get(identity);
  }

  Map<Spot, Map<String, Participant>> rooms() {
    return rooms;
  }

  List<String> nativesKickedByRelays() {
    return nativesKickedByRelays;
  }
}
