package dev.weir.relay.session;

import dev.weir.relay.RelayedParticipant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import livekit.LivekitModels.ParticipantInfo;
import livekit.LivekitModels.TrackInfo;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the source room, as its server says. A member that goes away is kept for a grace: rooms
 * move between nodes and clients reload, and a copy that stays spares its viewers the blink.
 */
final class Roster {
  /** After the server said that a member left. */
  static final long LEFT_GRACE = 1_000_000_000L;

  /** After a new join of the pull did not find a member that was there before. */
  static final long REJOIN_GRACE = 5_000_000_000L;

  /** Members that are not relayed are remembered, in case they will be; so many of them. */
  static final int MAX_OTHERS = 2_000;

  /** What one participant may say about itself. */
  static final int MAX_INFO_BYTES = 64 * 1024;

  private static final String SITE_MARKS = "weir.";

  private final Predicate<String> wanted;
  private final Map<String, Present> members = new LinkedHashMap<>();

  /** One member as it was last seen. */
  static final class Present {
    private ParticipantInfo info;
    private long goneAt = Long.MAX_VALUE;

    Present(ParticipantInfo info) {
      this.info = info;
    }

    RelayedParticipant participant() {
      Map<String, String> attributes = new HashMap<>(info.getAttributesMap());
      // What a site marks its own participants with says nothing about their copies elsewhere.
      attributes.keySet().removeIf(key -> key.startsWith(SITE_MARKS));
      return new RelayedParticipant(
          info.getIdentity(), info.getName(), info.getMetadata(), attributes);
    }

    List<TrackInfo> tracks() {
      return info.getTracksList();
    }

    String sid() {
      return info.getSid();
    }
  }

  /**
   * @param wanted whether an identity is to be relayed
   */
  Roster(Predicate<String> wanted) {
    this.wanted = wanted;
  }

  /** The list that came with a (new) join. */
  void joined(List<ParticipantInfo> others, long now) {
    Map<String, ParticipantInfo> listed = new HashMap<>();
    others.forEach(info -> listed.put(info.getIdentity(), info));
    members.forEach(
        (identity, present) -> {
          if (!listed.containsKey(identity) && present.goneAt == Long.MAX_VALUE) {
            present.goneAt = now + REJOIN_GRACE;
          }
        });
    others.forEach(info -> update(info, now));
  }

  /** News about one participant. */
  void update(ParticipantInfo info, long now) {
    Present present = members.get(info.getIdentity());
    if (info.getState() == ParticipantInfo.State.DISCONNECTED) {
      // An older participant of the same identity may be announced as gone after the newer one
      // came.
      if (present != null && present.sid().equals(info.getSid())) {
        present.goneAt = Math.min(present.goneAt, now + LEFT_GRACE);
      }
      return;
    }
    if (info.getSerializedSize() > MAX_INFO_BYTES) {
      return;
    }
    if (present == null) {
      if (members.size() < MAX_OTHERS || wanted.test(info.getIdentity())) {
        members.put(info.getIdentity(), new Present(info));
      }
    } else {
      boolean older =
          present.sid().equals(info.getSid()) && info.getVersion() < present.info.getVersion();
      if (!older) {
        present.info = info;
        present.goneAt = Long.MAX_VALUE;
      }
    }
  }

  /** Forgets those whose grace is over; returns how long until the next is, -1 = none waits. */
  long expire(long now) {
    members
        .values()
        .removeIf(present -> present.goneAt != Long.MAX_VALUE && present.goneAt - now <= 0);
    long next = -1;
    for (Present present : members.values()) {
      if (present.goneAt != Long.MAX_VALUE) {
        long left = present.goneAt - now;
        next = next < 0 ? left : Math.min(next, left);
      }
    }
    return next;
  }

  @Nullable Present get(String identity) {
    return members.get(identity);
  }

  @Nullable Present bySid(String sid) {
    for (Present present : members.values()) {
      if (present.sid().equals(sid)) {
        return present;
      }
    }
    return null;
  }

  Set<String> identities() {
    return Set.copyOf(members.keySet());
  }
}
