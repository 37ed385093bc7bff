package dev.weir.relay;

/**
 * What one leg may cost. The source is another site: whatever it announces beyond this is not
 * relayed, and counted.
 *
 * @param members most members relayed at once
 * @param tracksPerMember most tracks of one member
 * @param maxBitrateBps what may arrive over the link; 0 = no limit
 */
public record LegLimits(int members, int tracksPerMember, long maxBitrateBps) {
  public static final LegLimits DEFAULT = new LegLimits(500, 8, 0);
}
