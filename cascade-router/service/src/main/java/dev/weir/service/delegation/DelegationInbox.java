package dev.weir.service.delegation;

import dev.weir.session.delegation.Delegation;
import dev.weir.session.delegation.Evidence;

/** Where delegations and evidence are handed in. */
public interface DelegationInbox {
  /** What became of a delegation; anything but STORED means that the client must go on itself. */
  enum Outcome {
    STORED,
    /** The job database does not answer. */
    STORE_AWAY,
    /** Nobody knows where the homeserver's client-server API is. */
    NO_CLIENT_API,
    /** No homeserver gives out such an id. */
    NOT_ACCEPTABLE
  }

  /** Blocks until the delegation is durable, for a few seconds at most. */
  Outcome accept(Delegation delegation);

  /** Never blocks for long. Times in the evidence are Unix milliseconds of the wall clock. */
  void hear(String site, Evidence evidence);

  /** A room starts to move away from a node. */
  void roomMoving(String livekitRoom, String node);

  /** A node does not answer, or has just begun to answer again. */
  void nodeSilent(String node);

  /** Webhooks were lost. */
  void webhooksDropped();

  /** The user left the Matrix room, or was banned from it. */
  void kicked(String site, String roomId, String user);
}
