package dev.weir.service.slots;

import dev.weir.service.sfu.SfuClient;
import dev.weir.service.sfu.SfuFailure;
import dev.weir.session.Attachment;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Counts who is natively in a room at one node, now. */
@Singleton
public final class RoomCensus {
  private final Fleet fleet;
  private final Rooms rooms;
  private final Participants participants;

  RoomCensus(Fleet fleet, Rooms rooms, Participants participants) {
    this.fleet = fleet;
    this.rooms = rooms;
    this.participants = participants;
  }

  /** Identities; empty when the node does not answer. */
  public Optional<List<String>> natives(String node, RoomKey key) {
    Optional<RoomEntry> entry = rooms.find(key);
    Optional<SfuClient> client = fleet.client(node);
    if (entry.isEmpty() || client.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          participants
              .active(
                  key,
                  entry.get(),
                  node,
                  client.get().listParticipants(key.room()).orElse(List.of()))
              .stream()
              .map(Attachment::identity)
              .toList());
    } catch (SfuFailure e) {
      return Optional.empty();
    }
  }
}
