package dev.weir.service.slots;

import dev.weir.session.Attachment;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import livekit.LivekitModels.ParticipantInfo;

/** Reads LiveKit's participants as attachments of our members. */
@Singleton
final class Participants {
  private final Expectations expectations;

  Participants(Expectations expectations) {
    this.expectations = expectations;
  }

  /** The attachment that a participant is; empty for relayed, hidden and unknown ones. */
  Optional<Attachment> attachment(
      RoomKey key, RoomEntry entry, String node, ParticipantInfo participant) {
    return expectations
        .who(key, participant.getIdentity(), participant.getAttributesMap())
        .map(
            who ->
                new Attachment(
                    new Attachment.Key(node, entry.room(), participant.getIdentity()),
                    participant.getSid(),
                    who.member(),
                    who.role(),
                    participant.getTracksCount() > 0,
                    Instant.ofEpochMilli(joinedAtMillis(participant))));
  }

  List<Attachment> active(
      RoomKey key, RoomEntry entry, String node, List<ParticipantInfo> participants) {
    List<Attachment> all = new ArrayList<>();
    for (ParticipantInfo participant : participants) {
      if (isActive(participant)) {
        attachment(key, entry, node, participant).ifPresent(all::add);
      }
    }
    return all;
  }

  static long joinedAtMillis(ParticipantInfo participant) {
    return participant.getJoinedAtMs() > 0
        ? participant.getJoinedAtMs()
        : participant.getJoinedAt() * 1000;
  }

  static boolean isActive(ParticipantInfo participant) {
    return participant.getState() == ParticipantInfo.State.ACTIVE;
  }
}
