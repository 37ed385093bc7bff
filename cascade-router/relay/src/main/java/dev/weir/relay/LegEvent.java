package dev.weir.relay;

import java.time.Duration;

/** What can happen to a leg besides a change of phase. */
public sealed interface LegEvent {
  /** The first packet of a track was forwarded, so long after the leg first saw the track. */
  record FirstPacket(String identity, boolean video, Duration after) implements LegEvent {}

  /** A session was lost and will be made again after the pause. */
  record SessionLost(String session, String reason, Duration pause) implements LegEvent {}

  /**
   * Another participant with the same identity took a session's place; it stays down until the
   * fence rises.
   */
  record Replaced(String session) implements LegEvent {}

  /** The lease of a member was revoked; its relay has left the room so long after. */
  record Yielded(String target, String identity, Duration after) implements LegEvent {}

  /** The source offered more than the limits or the guard allow. */
  record Refused(String what) implements LegEvent {}

  /** The link to the source carries this many video layers now: 3 = all, 0 = audio only. */
  record LinkCarries(int layers) implements LegEvent {}
}
