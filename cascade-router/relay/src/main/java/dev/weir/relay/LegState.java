package dev.weir.relay;

import java.time.Instant;
import java.util.List;

/**
 * How a leg is doing.
 *
 * @param phase UP = all pulls are connected and hear their source; targets report for themselves
 * @param since when the phase began; if media was lost, when it was heard last
 * @param pulls one for each layer, LOW first
 * @param members one for each (target, identity) that is wanted
 * @param error why it is not up, in words without secrets; empty when it is
 */
public record LegState(
    String id,
    long fence,
    Phase phase,
    Instant since,
    List<SessionState> pulls,
    List<MemberState> members,
    LegCounters counters,
    String error) {

  /** Where a leg or one of its sessions is in its life. */
  public enum Phase {
    /** Waiting for something that is not an error: a grant, a lease, the member to appear. */
    WAITING,
    CONNECTING,
    UP,
    /** Lost; made again with back-off. */
    BACKING_OFF,
    /** Replaced by its own identity; waits for a higher fence. */
    REPLACED,
    CLOSED
  }

  /** A signalling and media connection of the leg. */
  public record SessionState(String name, Phase phase, int reconnects, String error) {}

  /** One member in one target room. */
  public record MemberState(
      String target, String identity, Phase phase, List<TrackState> tracks, String error) {}

  /**
   * A relayed track.
   *
   * @param wanted the layers that the target room's viewers want now
   * @param flowing the layers of which packets were forwarded in the last second
   */
  public record TrackState(
      String sourceSid,
      String targetSid,
      String codec,
      boolean video,
      boolean muted,
      List<Layer> wanted,
      List<Layer> flowing) {}
}
