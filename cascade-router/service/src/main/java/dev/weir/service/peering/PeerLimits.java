package dev.weir.service.peering;

/** What one partner may use of us; over it the partner hears RESOURCE_EXHAUSTED. */
public record PeerLimits(
    int sessions, int legs, int membersPerSession, long egressBitsPerSecond, int admitsPerSecond) {
  public static final PeerLimits DEFAULT = new PeerLimits(1000, 1000, 500, 1_000_000_000L, 20);
}
