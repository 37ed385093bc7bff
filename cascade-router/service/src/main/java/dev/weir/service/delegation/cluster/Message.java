package dev.weir.service.delegation.cluster;

import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.Evidence;
import dev.weir.session.delegation.JobKey;

/** What replicas tell each other. */
public sealed interface Message {
  /** A delegation that is durable; for the owner of its key. */
  record Delegated(Delegation delegation) implements Message {}

  /** Something was heard of an attachment. */
  record Heard(String site, Evidence evidence) implements Message {}

  /** A room starts to move away from a node. */
  record RoomMoving(String room, String place) implements Message {}

  /** A node does not answer, or has just begun to answer again. */
  record NodeSilent(String place) implements Message {}

  /** Webhooks were lost: everybody asks the SFUs. */
  record WebhooksDropped() implements Message {}

  /** The user left the Matrix room, or was banned from it. */
  record Kicked(String site, String roomId, String user) implements Message {
    public boolean concerns(JobKey key) {
      return key.site().equals(site) && key.roomId().equals(roomId) && key.user().equals(user);
    }
  }
}
