package dev.weir.session.plan;

import dev.weir.session.Site;
import java.util.function.ToIntFunction;

/**
 * Bounds of a plan.
 *
 * @param carriesSilent relay members without tracks too: their clients are shown as present, as
 *     they are without Weir, and nothing has to be set up when they begin to speak
 * @param relayedPerRoom identities relayed into one room at one node
 * @param membersPerPeer members of one peer that are pulled, in one slot
 */
public record PlanPolicy(
    boolean carriesSilent, int relayedPerRoom, ToIntFunction<Site> membersPerPeer) {
  public static final PlanPolicy DEFAULT = new PlanPolicy(true, 500, peer -> 500);
}
