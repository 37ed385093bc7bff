package dev.weir.session.delegation;

import java.util.List;
import java.util.Map;

/**
 * What the serving nodes of a site answered when they were asked who is in some rooms.
 *
 * @param askedAt when the first question was sent
 * @param rooms per room, per node
 */
public record Survey(long askedAt, Map<String, Map<String, NodeAnswer>> rooms) {
  public Survey {
    rooms = Map.copyOf(rooms);
  }

  /** One node's answer about one room. */
  public sealed interface NodeAnswer {
    /**
     * The room is there.
     *
     * @param createdAt 0 if it is not known
     */
    record Listed(List<Participant> participants, long createdAt) implements NodeAnswer {
      public Listed {
        participants = List.copyOf(participants);
      }
    }

    /** The node does not have the room. */
    record NoRoom() implements NodeAnswer {}

    /** No answer: no evidence. */
    record Unanswered() implements NodeAnswer {}

    /** The node answered, but has (re)started so recently that its clients may be on their way. */
    record JustStarted(List<Participant> participants) implements NodeAnswer {
      public JustStarted {
        participants = List.copyOf(participants);
      }
    }
  }

  /**
   * A participant of a room.
   *
   * @param active false while it is still joining
   * @param joinedAt the SFU's time of joining in Unix milliseconds; 0 if it is not known
   */
  public record Participant(String identity, String sid, boolean active, long joinedAt) {}
}
